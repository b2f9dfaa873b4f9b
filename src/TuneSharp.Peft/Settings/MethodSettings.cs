using TuneSharp.Formats;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Peft.Settings;

/// <summary>What is trained: the whole model, or something small in or beside it. Keys and meaning are PEFT's.</summary>
public sealed record MethodSettings
{
    [Setting("What is trained: lora = a small adapter beside the frozen model, full = every weight; `tunesharp methods` lists all.", "训练方式：lora 为冻结模型旁的小适配器，full 为全部参数；`tunesharp methods` 列出全部方法。", Advice = "lora, full", Aliases = ["finetuning_type"], Example = "lora")]
    public string Method { get; init; } = "lora";

    [Setting("Train an earlier adapter on: its folder. Rank, alpha and targets are then that adapter's.", "在已有适配器的基础上继续训练：给出其文件夹。秩、强度和目标层以该适配器为准。", Aliases = ["adapter_name_or_path", "lora_model_dir"], Example = "runs/first/adapter")]
    public string? InitAdapter { get; init; }

    /// <summary>The method's own settings, of its own type; null: its defaults.</summary>
    public IMethodOptions? Options { get; init; }

    /// <summary><see cref="Options"/>, or the defaults of the method.</summary>
    /// <exception cref="InvalidInputException">There is no such method.</exception>
    public IMethodOptions EffectiveOptions => Options ?? PeftCatalog.Find(Method).NewOptions();

    /// <exception cref="InvalidInputException">Names the key, its value, the limit and what to do.</exception>
    public void Validate()
    {
        TuningMethodEntry entry = PeftCatalog.Find(Method);
        if (InitAdapter is not null && entry.Load is null)
            throw new InvalidInputException($"`init_adapter` needs an adapter method, but `method` is {Method}.", null, "Set method: lora, or remove init_adapter.");
        IMethodOptions options = EffectiveOptions;
        if (options.GetType() != entry.NewOptions().GetType()) throw new ArgumentException($"The method {Method} has no settings of the type {options.GetType().Name}.");
        SettingRange.Check(options);
        options.Validate();
    }
}
