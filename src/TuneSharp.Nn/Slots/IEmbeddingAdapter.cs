namespace TuneSharp.Nn;

/// <summary>Something trained beside a frozen embedding (LoRA, single rows) in a slot of <see cref="Embedding.Adapters"/>.</summary>
public interface IEmbeddingAdapter
{
    /// <summary>One of its parameters is trained now.</summary>
    bool Trained { get; }

    /// <summary>What stands instead of <paramref name="y"/>, made by functions of the tape.</summary>
    /// <param name="t">Where it is recorded.</param>
    /// <param name="embedding">Whose slot it is.</param>
    /// <param name="batch">The ids; virtual tokens among them are not the adapter's matter.</param>
    /// <param name="y">The looked-up rows, [T, D].</param>
    /// <returns>[T, D].</returns>
    Var After(Tape t, Embedding embedding, TokenBatch batch, Var y);
}
