using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.Prompts;

namespace TuneSharp.Peft.PrefixTuning;

/// <summary>
/// Prefix tuning (Li and Liang 2021, arXiv:2101.00190) and, without the projection, P-tuning v2 (Liu et al. 2021,
/// arXiv:2110.07602): trained keys and values in front of every row in every layer.
/// </summary>
public static class PrefixTuningMethod
{
    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "prefix_tuning",
        Aliases = ["p_tuning_v2", "ptuning_v2", "prefix"],
        PeftType = PrefixTuningConfig.PeftType,
        Description = "Trained keys and values that every layer sees before every row (P-tuning v2).",
        Chinese = "每层在每行之前看到的可训练键和值（即 P-tuning v2）。",
        When = "The base must stay as it is and one model serves many tasks; stronger than a prompt.",
        WhenChinese = "基座必须保持不变、同一模型服务多个任务时；比提示微调更强。",
        NewOptions = () => new PrefixTuningSettings(),
        Create = request => Create((PrefixTuningSettings)request.Options, request),
        Load = Load,
        ReadOptions = folder => PrefixTuningConfig.SettingsOf(folder.Fields),
        Footprint = (options, sizes) => FootprintOf((PrefixTuningSettings)options, sizes),
    };

    private static PromptMethod Create(PrefixTuningSettings settings, MethodRequest request)
    {
        var config = PrefixTuningConfig.Of(settings, request.Model, request.BaseModel);
        PromptEncoder encoder = config.Projection ? new PrefixProjection(config.Sizes, config.HiddenSize) : TableOf(config.Sizes);
        bool startsAtZero = settings.InitWeights == "zero";
        // A table is made of zeros.
        if (!startsAtZero || config.Projection) encoder.Initialise(request.Seed);
        if (startsAtZero) (encoder as PrefixProjection)?.StartAtZero();
        return Attached(request.Model, config, encoder, isResultOnly: false);
    }

    private static PromptMethod Load(AdapterFolder folder, TunableModel model)
    {
        var config = PrefixTuningConfig.FromJson(folder.Fields, model);
        bool hasNetwork = config.Projection && !PromptFile.LacksEncoder(folder);
        PromptEncoder encoder = hasNetwork ? new PrefixProjection(config.Sizes, config.HiddenSize) : TableOf(config.Sizes);
        return PromptLoading.Read(folder, Attached(model, config, encoder, isResultOnly: config.Projection && !hasNetwork));
    }

    private static PromptTable TableOf(PromptSizes sizes) => new(sizes.NumVirtualTokens * 2 * sizes.NumLayers, sizes.TokenDim);

    private static PromptMethod Attached(TunableModel model, PrefixTuningConfig config, PromptEncoder encoder, bool isResultOnly) =>
        PromptLoading.Attach(new PromptMethod(Entry.Name, model, new KeyValueSlot(model, config.Sizes.NumVirtualTokens), encoder, new PromptFile(config.Common, config.ToJson()) { IsResultOnly = isResultOnly }));

    private static MethodFootprint FootprintOf(PrefixTuningSettings settings, ModelSizes sizes)
    {
        ModelShape shape = sizes.Shape;
        long n = settings.NumVirtualTokens, k = (long)shape.NumKeyValueHeads * shape.HeadDim, all = 2 * shape.NumLayers * k, h = settings.EncoderHiddenSize ?? k;
        return new MethodFootprint(settings.PrefixProjection ? [[n, k], [h, k + 1], [all, h + 1]] : [[n, all]]) { NumVirtualTokens = settings.NumVirtualTokens };
    }
}
