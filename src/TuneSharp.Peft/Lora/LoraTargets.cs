using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.Lora;

/// <summary>The modules of a model, or of a model on paper, that a LoRA config gives an adapter.</summary>
/// <param name="Named">What target_modules names.</param>
/// <param name="Chosen">What is left of it: these get one.</param>
/// <param name="Transposed">One of them is stored as [in, out].</param>
internal sealed record LoraTargets(IReadOnlyList<string> Named, IReadOnlyList<string> Chosen, bool Transposed)
{
    /// <summary>Embeddings that PEFT knows by these names are stored beside their adapters.</summary>
    private static readonly string[] StoredEmbeddings = ["embed_tokens", "lm_head"];

    public static LoraTargets Of(LoraConfig config, TunableModel model)
    {
        Linear[] linears = [.. Candidates(model)];
        LoraTargets targets = Of(config, [.. linears.Select(linear => linear.Name)], model.Head?.Name, model.Embedding?.Name);
        return targets with { Transposed = linears.Any(linear => linear.Transposed && targets.Chosen.Contains(linear.Name)) };
    }

    public static LoraTargets Of(LoraConfig config, ModelSizes sizes) =>
        Of(config, [.. sizes.Linears.Select(linear => linear.Name), .. sizes.HeadName is { } head ? (string[])[head] : []], sizes.HeadName, sizes.EmbeddingName);

    /// <summary>The linears among <see cref="Chosen"/>.</summary>
    public IEnumerable<Linear> Linears(TunableModel model) => Candidates(model).Where(linear => Chosen.Contains(linear.Name));

    /// <summary>PEFT writes what all-linear stood for on this model, so that the file says it wherever it is read.</summary>
    public LoraConfig Resolved(LoraConfig config) => config with
    {
        TargetModules = config.TargetModules.IsAllLinear ? TargetModules.List([.. Named]) : config.TargetModules,
        FanInFanOut = Transposed,
    };

    /// <summary>The base's matrix stands in the file too: an embedding that target_modules names by one of PEFT's names, unless single rows are trained.</summary>
    public static bool StoresBaseOf(LoraConfig config, string module) => config.TrainableTokens is null && (config.TargetModules.Pattern is null
        ? config.TargetModules.Names.Any(StoredEmbeddings.Contains)
        : StoredEmbeddings.Any(name => module == name || module.EndsWith("." + name, StringComparison.Ordinal)));

    private static LoraTargets Of(LoraConfig config, IReadOnlyList<string> linears, string? head, string? embedding)
    {
        string[] others = [.. new[] { head, embedding }.OfType<string>()];
        (IReadOnlyList<string> named, IReadOnlyList<string> chosen) = config.Selection.Resolve([.. linears, .. embedding is null ? (string[])[] : [embedding]], others);
        config.RankPattern.CheckUsed(chosen);
        config.AlphaPattern.CheckUsed(chosen);
        return new LoraTargets(named, chosen, Transposed: false);
    }

    private static IEnumerable<Linear> Candidates(TunableModel model) => [.. model.Linears, .. model.TaskHeads.Except(model.Linears), .. model.Head is { } head ? (Linear[])[head] : []];
}
