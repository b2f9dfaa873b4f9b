using TuneSharp.Nn;

namespace TuneSharp.Models;

/// <summary>A decoder that predicts the next token. Logits: <c>Head.Forward</c> of <see cref="IModel.Hidden"/>; a loss: <see cref="CrossEntropyFunction"/>.</summary>
public interface ICausalLm : IModel
{
    /// <summary>[D] to [V].</summary>
    Linear Head { get; }

    /// <param name="maxTokens">Room in each row, in tokens; what a prompt or prefix takes comes on top.</param>
    /// <param name="batch">Rows.</param>
    KvCache CreateCache(int maxTokens, int batch = 1);
}
