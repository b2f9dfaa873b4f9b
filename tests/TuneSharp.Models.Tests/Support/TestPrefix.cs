using TorchSharp;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Tests.Support;

/// <summary>Random keys and values before every row, and random rows of a prompt; nothing is trained.</summary>
internal sealed class TestPrefix(int numTokens, int width) : IKeyValuePrefix, IPrompt
{
    public int NumTokens => numTokens;

    public bool Trained => false;

    public (Var Key, Var Value) Forward(Tape t, int layer) => (Drawn(t, 2 * layer), Drawn(t, (2 * layer) + 1));

    public Var Rows(Tape t) => Drawn(t, 1000);

    private Var Drawn(Tape t, int seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        return t.Leaf(torch.empty(numTokens, width).normal_(0, 1, generator));
    }
}
