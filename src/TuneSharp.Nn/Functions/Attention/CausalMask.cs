using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// 0 where the query of a line sees the key of a column, -∞ elsewhere. Lines: (position in the block, query head of the group).
/// Columns: the <see cref="Reach"/> positions before the block that a window reaches back to, then the block's own. A
/// smaller block takes the upper left part of its own columns.
/// </summary>
internal sealed class CausalMask : IDisposable
{
    /// <param name="shape">Heads of a group, window.</param>
    /// <param name="positions">Of the largest block.</param>
    /// <param name="length">Keys of the longest row.</param>
    /// <param name="type">Of the scores.</param>
    public CausalMask(AttentionHeads shape, int positions, int length, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Reach = shape.Window is { } window ? Math.Min(window - 1, length) : 0;
        Tensor ahead = torch.arange(Number.Of(-Reach), Number.Of(positions)).unsqueeze(0).sub(torch.arange(Number.Zero, Number.Of(positions)).unsqueeze(1));
        Tensor hidden_PC = ahead.gt(Number.Zero);
        if (shape.Window is { } w) hidden_PC = hidden_PC.logical_or(ahead.le(Number.Of(-w)));
        Tensor = torch.zeros([positions, shape.GroupSize, Reach + positions], dtype: type)
            .masked_fill_(hidden_PC.unsqueeze(1), Number.Of(double.NegativeInfinity)).view(positions * shape.GroupSize, Reach + positions).DetachFromDisposeScope();
    }

    public Tensor Tensor { get; }

    public int Reach { get; }

    public void Dispose() => Tensor.Dispose();
}
