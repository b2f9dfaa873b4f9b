using TuneSharp.Nn;
using TuneSharp.Peft.Prompts;
using static TorchSharp.torch;

namespace TuneSharp.Peft.PrefixTuning;

/// <summary>
/// P_n(2LK) = W_1 tanh(W_0 E_nK), with biases, as n · 2L rows of width K. n = virtual tokens, L = layers, K = width of a
/// layer's keys, h = the network's.
/// </summary>
internal sealed class PrefixProjection : NetworkEncoder
{
    public PrefixProjection(PromptSizes sizes, int h)
    {
        int n = sizes.NumVirtualTokens, k = sizes.TokenDim, all = 2 * sizes.NumLayers * k;
        Shape = [(long)n * 2 * sizes.NumLayers, k];
        Add("embedding.weight", n, k);
        AddLinear("transform.0", k, h);
        AddLinear("transform.2", h, all);
    }

    public override long[] Shape { get; }

    /// <summary>Keys and values begin at 0.</summary>
    public void StartAtZero()
    {
        using var off = no_grad();
        foreach (Parameter parameter in Parameters.Skip(3)) parameter.Value.zero_();
    }

    protected override Tensor Network(Tensor[] p, long? dropoutSeed) => Linear(Linear(p[0], p[1], p[2]).tanh(), p[3], p[4]).view(Shape);
}
