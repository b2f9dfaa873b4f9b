using TuneSharp.Peft.Prompts;
using static TorchSharp.torch;

namespace TuneSharp.Peft.PTuning;

/// <summary>
/// P_nD = W_2 relu(W_1 relu(W_0 E_nD)), with biases. n = virtual tokens, D = the model's width, h = the network's.
/// </summary>
internal sealed class MlpEncoder : NetworkEncoder
{
    public MlpEncoder(int n, int d, int h)
    {
        Shape = [n, d];
        Add("embedding.weight", n, d);
        AddLinear("mlp_head.0", d, h);
        AddLinear("mlp_head.2", h, h);
        AddLinear("mlp_head.4", h, d);
    }

    public override long[] Shape { get; }

    protected override Tensor Network(Tensor[] p, long? dropoutSeed) =>
        Linear(Linear(Linear(p[0], p[1], p[2]).relu(), p[3], p[4]).relu(), p[5], p[6]);
}
