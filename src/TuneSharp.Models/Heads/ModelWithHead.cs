using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Heads;

/// <summary>A transformer with something on it: all that they have in common comes from the transformer.</summary>
internal abstract class ModelWithHead : IModel
{
    /// <param name="body">The transformer.</param>
    /// <param name="ownLinears">Linears of the head that count as linears of the model (BERT's pooler).</param>
    /// <param name="ownParameters">Of the head; a matrix that the body has too is not among them.</param>
    /// <param name="warnings">About the checkpoint.</param>
    protected ModelWithHead(IModel body, IEnumerable<Linear> ownLinears, IEnumerable<Parameter> ownParameters, IReadOnlyList<string> warnings)
    {
        Body = body;
        Linears = [.. body.Linears, .. ownLinears];
        Parameters = [.. body.Parameters, .. ownParameters];
        Warnings = warnings;
    }

    public IModel Body { get; }

    public string ModelType => Body.ModelType;

    public HfConfig Config => Body.Config;

    public ModelShape Shape => Body.Shape;

    public ScalarType ComputeType => Body.ComputeType;

    public IReadOnlyList<string> Warnings { get; }

    public IReadOnlyList<Parameter> Parameters { get; }

    public IReadOnlyList<Linear> Linears { get; }

    public abstract TunableModel Tunable { get; }

    public bool RecomputeBlocks
    {
        get => Body.RecomputeBlocks;
        set => Body.RecomputeBlocks = value;
    }

    public Var Hidden(Tape t, TokenBatch batch, KvCache? cache = null, Action<int, Tensor>? observe = null) => Body.Hidden(t, batch, cache, observe);

    public void Dispose()
    {
        foreach (Parameter parameter in Parameters) parameter.Dispose();
    }

    protected static IEnumerable<Parameter> WeightsOf(IEnumerable<Linear> linears) =>
        linears.SelectMany(linear => linear.Parameters);
}
