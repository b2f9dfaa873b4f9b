// n = virtual tokens, D = the model's width, h = the network's, L = its layers
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Prompts;
using TuneSharp.Peft.Randomness;
using static TorchSharp.torch;

namespace TuneSharp.Peft.PTuning;

/// <summary>
/// P_nD = W_1 relu(W_0 lstm(E_nD)), with biases; the LSTM runs in both directions over the n virtual tokens, its outputs side by side.
/// <code>
/// i, f, g, o = W_ih x_t + b_ih + W_hh y_(t-1) + b_hh                       (rows of the weights in this order)
/// c_t = sigmoid(f) c_(t-1) + sigmoid(i) tanh(g)      y_t = sigmoid(o) tanh(c_t)
/// </code>
/// Dropout stands between the layers, as in PyTorch.
/// </summary>
internal sealed class LstmEncoder : NetworkEncoder
{
    private static readonly string[] Directions = ["", "_reverse"];

    private readonly int _n, _h, _numLayers;
    private readonly double _dropout;

    public LstmEncoder(int n, int d, int h, int numLayers, double dropout)
    {
        (_n, _h, _numLayers, _dropout) = (n, h, numLayers, dropout);
        Shape = [n, d];
        Add("embedding.weight", n, d);
        for (int layer = 0; layer < numLayers; layer++)
        {
            foreach (string direction in Directions)
            {
                string end = $"_l{layer}{direction}";
                Add("lstm_head.weight_ih" + end, 4 * h, layer == 0 ? d : 2 * h);
                Add("lstm_head.weight_hh" + end, 4 * h, h);
                Add("lstm_head.bias_ih" + end, 4 * h);
                Add("lstm_head.bias_hh" + end, 4 * h);
            }
        }
        AddLinear("mlp_head.0", 2 * h, 2 * h);
        AddLinear("mlp_head.2", 2 * h, d);
    }

    public override long[] Shape { get; }

    protected override Tensor Network(Tensor[] p, long? dropoutSeed)
    {
        Tensor x = p[0];
        int at = 1;
        for (int layer = 0; layer < _numLayers; layer++)
        {
            if (layer > 0 && _dropout > 0 && dropoutSeed is { } seed) x = x * Mask(x, seed, layer);
            Tensor forward = Run(x, p.AsSpan(at, 4), reverse: false), backward = Run(x, p.AsSpan(at + 4, 4), reverse: true);
            x = cat([forward, backward], 1);
            at += 8;
        }
        return Linear(Linear(x, p[at], p[at + 1]).relu(), p[at + 2], p[at + 3]);
    }

    /// <summary>PyTorch draws all weights of an LSTM within ±1/√h.</summary>
    protected override long FanIn(Parameter parameter) => parameter.Name.Contains("lstm_head", StringComparison.Ordinal) ? _h : base.FanIn(parameter);

    /// <summary>One direction of one layer, [n, h].</summary>
    private Tensor Run(Tensor x, ReadOnlySpan<Tensor> weights, bool reverse)
    {
        Tensor recurrent = weights[1].t(), inputs = Linear(x, weights[0], weights[2]).add(weights[3], Number.One);
        Tensor y = zeros([1, _h], x.dtype), c = zeros([1, _h], x.dtype);
        var outputs = new Tensor[_n];
        for (int step = 0; step < _n; step++)
        {
            int token = reverse ? _n - 1 - step : step;
            Tensor[] gates = inputs.narrow(0, token, 1).add(y.mm(recurrent), Number.One).chunk(4, 1);
            c = (gates[1].sigmoid() * c).add(gates[0].sigmoid() * gates[2].tanh(), Number.One);
            y = gates[3].sigmoid() * c.tanh();
            outputs[token] = y;
        }
        return cat(outputs, 0);
    }

    private Tensor Mask(Tensor x, long seed, int layer)
    {
        var mask = new float[x.numel()];
        CounterRandom.FillDropout(mask, CounterRandom.Key(seed, CounterRandom.Hash("prompt_encoder"), (ulong)layer), _dropout);
        return tensor(mask).view(x.shape).to(x.dtype);
    }
}
