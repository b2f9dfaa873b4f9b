using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.BitFit;
using TuneSharp.Peft.Bottleneck;
using TuneSharp.Peft.Full;
using TuneSharp.Peft.Ia3;
using TuneSharp.Peft.LayerNormTuning;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.PartialFreezing;
using TuneSharp.Peft.PrefixTuning;
using TuneSharp.Peft.PromptTuning;
using TuneSharp.Peft.PTuning;
using TuneSharp.Peft.Settings;
using TuneSharp.Peft.TrainableTokens;

namespace TuneSharp.Peft;

/// <summary>All tuning methods. Adding one is a folder and a line here, or <see cref="Register"/> from outside.</summary>
public static class PeftCatalog
{
    private static readonly List<TuningMethodEntry> All =
    [
        LoraMethod.Entry,
        TrainableTokensMethod.Entry,
        PrefixTuningMethod.Entry,
        PromptTuningMethod.Entry,
        PTuningMethod.Entry,
        Ia3Method.Entry,
        LayerNormTuningMethod.Entry,
        BottleneckMethod.Entry,
        BitFitMethod.Entry,
        PartialFreezingMethod.Entry,
        FullTuning.Entry,
    ];

    public static IReadOnlyList<TuningMethodEntry> Entries => All;

    /// <summary>Adds a method that is not of this project. Before the first recipe is read.</summary>
    public static void Register(TuningMethodEntry entry)
    {
        if (All.Exists(other => other.Name == entry.Name)) throw new ArgumentException($"There is a method {entry.Name} already.", nameof(entry));
        All.Add(entry);
    }

    /// <param name="method">A name or an alias.</param>
    /// <exception cref="InvalidInputException">There is no such method; the text lists those that there are.</exception>
    public static TuningMethodEntry Find(string method) => All.Find(entry => entry.Name == method || entry.Aliases.Contains(method))
        ?? throw new InvalidInputException($"There is no tuning method `{method}`.", "method", $"Choose one of {string.Join(", ", All.Select(entry => entry.Name))}.");

    /// <summary>
    /// The method that the settings ask for, ready for training: its parameters are marked as trained, all others as frozen.
    /// <see cref="MethodSettings.InitAdapter"/> is loaded instead of a new adapter.
    /// </summary>
    /// <param name="settings">Checked here.</param>
    /// <param name="model">Gets the adapter.</param>
    /// <param name="seed">Of a new adapter's first values.</param>
    /// <param name="baseModel">Path or name of the base, for adapter_config.json.</param>
    /// <param name="tokenize">A text's ids, for methods that begin with the words of a text; null: there is no tokenizer.</param>
    public static ITuningMethod CreateForTraining(MethodSettings settings, TunableModel model, long seed, string? baseModel, Func<string, IReadOnlyList<int>>? tokenize = null)
    {
        settings.Validate();
        TuningMethodEntry entry = Find(settings.Method);
        ITuningMethod method;
        if (settings.InitAdapter is null) method = entry.Create(new MethodRequest(settings.EffectiveOptions, model, seed, baseModel) { Tokenize = tokenize });
        else
        {
            method = LoadAdapter(settings.InitAdapter, model);
            if (method.Name != entry.Name)
            {
                string found = method.Name;
                method.Dispose();
                throw new InvalidInputException($"The adapter is of the method {found}, but `method` is {settings.Method}.", settings.InitAdapter, $"Set method: {found}.");
            }
            if (method.Trained.Count == 0)
            {
                method.Dispose();
                throw new InvalidInputException("The adapter holds the result of its encoder, but not the encoder: it cannot be trained on.", settings.InitAdapter, "Use it as it is, or train a new one. Adapters that this program wrote have the encoder beside them.");
            }
        }

        StartTraining(method, model);
        return method;
    }

    /// <summary>What a method will take on a model; targets that such a model does not have are refused, before anything is loaded or written.</summary>
    /// <param name="settings">An adapter that is trained on brings its own settings.</param>
    /// <param name="sizes">The model's.</param>
    /// <exception cref="InvalidInputException">The targets fit nothing, or the adapter's folder cannot be used.</exception>
    public static MethodFootprint FootprintOf(MethodSettings settings, ModelSizes sizes)
    {
        TuningMethodEntry entry = Find(settings.Method);
        if (settings.InitAdapter is not { } folder || entry.ReadOptions is not { } read) return entry.Footprint(settings.EffectiveOptions, sizes);
        using AdapterFolder adapter = AdapterFolder.Open(folder);
        return entry.Footprint(read(adapter), sizes);
    }

    /// <summary>Loads and attaches an adapter of any method from a PEFT folder, frozen, as for chatting.</summary>
    public static ITuningMethod LoadAdapter(string folder, TunableModel model)
    {
        using AdapterFolder adapter = AdapterFolder.Open(folder);
        TuningMethodEntry? entry = All.Find(candidate => candidate.PeftType == adapter.PeftType);
        if (entry is null)
            throw new InvalidInputException($"Adapters of the kind {adapter.PeftType} cannot be used yet.", folder, $"Known are {string.Join(", ", All.Select(e => e.PeftType).OfType<string>().Distinct())}.");
        return entry.Load!(adapter, model);
    }

    /// <summary>Marks the method's parameters as trained and all others of the model as frozen.</summary>
    public static void StartTraining(ITuningMethod method, TunableModel model)
    {
        foreach (Parameter parameter in model.Parameters) parameter.Trained = false;
        foreach (Parameter parameter in method.Trained) parameter.Trained = true;
    }
}
