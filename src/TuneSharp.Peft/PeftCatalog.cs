using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.Full;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft;

/// <param name="Name">The key in `method`.</param>
/// <param name="PeftType">The `peft_type` of its adapters; null if it makes none.</param>
/// <param name="Description">One line for help and documentation.</param>
/// <param name="Create">Settings, model, seed, and what the base is called → the method, attached.</param>
/// <param name="Load">An adapter of this type → the method, attached; null if it makes none.</param>
public sealed record TuningMethodEntry(string Name, string? PeftType, string Description,
    Func<MethodSettings, TunableModel, long, string?, ITuningMethod> Create, Func<AdapterFolder, TunableModel, ITuningMethod>? Load);

/// <summary>All tuning methods. Adding one is a folder and an entry here.</summary>
public static class PeftCatalog
{
    public static IReadOnlyList<TuningMethodEntry> Entries { get; } =
    [
        new("lora", "LORA", "Low-rank adapter beside the frozen linear modules.",
            (settings, model, seed, baseModel) => LoraMethod.Create(LoraConfig.FromSettings(settings, baseModel), model, seed), LoraMethod.Load),
        new("full", null, "All parameters of the model.", (_, model, _, _) => new FullTuning(model), null),
    ];

    /// <summary>
    /// The method that the settings ask for, ready for training: its parameters are marked as trained, all others as frozen.
    /// <see cref="MethodSettings.InitAdapter"/> is loaded instead of a new adapter.
    /// </summary>
    /// <param name="settings">Checked here.</param>
    /// <param name="model">Gets the adapter.</param>
    /// <param name="seed">Of a new adapter's first values.</param>
    /// <param name="baseModel">Path or name of the base, for adapter_config.json.</param>
    public static ITuningMethod CreateForTraining(MethodSettings settings, TunableModel model, long seed, string? baseModel)
    {
        settings.Validate();
        ITuningMethod method;
        if (settings.InitAdapter is null) method = Entries.First(entry => entry.Name == settings.Method).Create(settings, model, seed, baseModel);
        else
        {
            method = LoadAdapter(settings.InitAdapter, model);
            if (method.Name != settings.Method)
            {
                string found = method.Name;
                method.Dispose();
                throw new InvalidInputException($"The adapter is of the method {found}, but `method` is {settings.Method}.", settings.InitAdapter, $"Set method: {found}.");
            }
        }

        StartTraining(method, model);
        return method;
    }

    /// <summary>Refuses targets that such a model does not have, before anything is loaded or written.</summary>
    /// <param name="settings">Of a new adapter; one that is trained on brings its own targets.</param>
    /// <param name="linears">Names of the model's linear modules.</param>
    /// <param name="head">Name of its output head.</param>
    public static void CheckTargets(MethodSettings settings, IReadOnlyList<string> linears, string head)
    {
        if (settings is { Method: "lora", InitAdapter: null }) _ = LoraMethod.TargetsOf(TargetModules.FromSetting(settings.TargetModules), linears, head);
    }

    /// <summary>Loads and attaches an adapter of any method from a PEFT folder, frozen, as for chatting.</summary>
    public static ITuningMethod LoadAdapter(string folder, TunableModel model)
    {
        using AdapterFolder adapter = AdapterFolder.Open(folder);
        TuningMethodEntry? entry = Entries.FirstOrDefault(candidate => candidate.PeftType == adapter.PeftType);
        if (entry is null)
            throw new InvalidInputException($"Adapters of the kind {adapter.PeftType} cannot be used yet.", folder, $"Known are {string.Join(", ", Entries.Where(e => e.PeftType is not null).Select(e => e.PeftType))}.");
        return entry.Load!(adapter, model);
    }

    /// <summary>Marks the method's parameters as trained and all others of the model as frozen.</summary>
    public static void StartTraining(ITuningMethod method, TunableModel model)
    {
        foreach (Parameter parameter in model.Parameters) parameter.Trained = false;
        foreach (Parameter parameter in method.Trained) parameter.Trained = true;
    }

    internal static void Check(string method)
    {
        if (!Entries.Any(entry => entry.Name == method))
            throw new InvalidInputException($"There is no tuning method `{method}`.", "method", $"Choose one of {string.Join(", ", Entries.Select(entry => entry.Name))}.");
    }
}
