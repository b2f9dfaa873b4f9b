using TuneSharp.Nn;

namespace TuneSharp.Models;

/// <summary>An encoder that tells which word stands at a place.</summary>
public interface IMaskedLm : IModel
{
    /// <summary>The linear over the vocabulary.</summary>
    Linear Head { get; }

    /// <param name="t">A tape on a workspace of the compute type.</param>
    /// <param name="batch">The rows, the words that are to be found replaced by the tokenizer's mask.</param>
    /// <param name="tokens">Places in the batch, N of them.</param>
    /// <returns>[N, V].</returns>
    Var Logits(Tape t, TokenBatch batch, IReadOnlyList<int> tokens);
}
