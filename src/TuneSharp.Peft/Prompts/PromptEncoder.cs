using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Prompts;

/// <summary>Where the rows of a prompt come from: a table, or a small network over one. Rows are [R, W]; what they are for is the method's matter.</summary>
internal abstract class PromptEncoder : IDisposable
{
    /// <summary>What is trained; named as in PEFT's model without the adapter's name.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Some rows of the result, [rows, W].</summary>
    public abstract Var Rows(Tape t, IReadOnlyList<int> rows);

    /// <summary>All rows as they stand, [R, W], without dropout: what PEFT stores. Belongs to the caller's scope.</summary>
    public abstract Tensor Result();

    /// <summary>R and W.</summary>
    public abstract long[] Shape { get; }

    /// <summary>First values, from a seed.</summary>
    public abstract void Initialise(long seed);

    public bool Trained => Parameters.Any(parameter => parameter.Trained);

    public void Dispose()
    {
        foreach (Parameter parameter in Parameters) parameter.Dispose();
    }
}
