using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Tests.Support;

// T = tokens of one row, D = hidden size, H = heads, d = head width

/// <summary>Llama and Qwen2 in plain torch operations, row by row, differentiated by autograd: the oracle of the decoders.</summary>
internal sealed class PlainDecoder(HfConfig config, IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, (Tensor A, Tensor B)> lora)
{
    private readonly AttentionShape _attention = config.Attention;
    private readonly double _eps = config.GetDouble("rms_norm_eps", 0, 1);

    /// <summary>Sum of the losses of all labelled tokens, divided.</summary>
    public Tensor Loss(int[][] ids, int[][] labels, double divisor)
    {
        Tensor sum = torch.zeros([], dtype: weights.Values.First().dtype);
        for (int r = 0; r < ids.Length; r++)
        {
            if (ids[r].Length < 2) continue;
            Tensor logits = Logits(ids[r]), target = torch.tensor(labels[r].Skip(1).Select(l => (long)l).ToArray());
            sum = sum + nn.functional.cross_entropy(logits.narrow(0, 0, ids[r].Length - 1), target, ignore_index: TokenBatch.Ignored, reduction: nn.Reduction.Sum);
        }
        return sum / divisor;
    }

    private Tensor Logits(int[] ids)
    {
        Tensor x_TD = weights["model.embed_tokens.weight"].index_select(0, torch.tensor(ids.Select(i => (long)i).ToArray()));
        for (int layer = 0; weights.ContainsKey($"model.layers.{layer}.input_layernorm.weight"); layer++) x_TD = Block(x_TD, $"model.layers.{layer}.");
        Tensor head = weights.TryGetValue("lm_head.weight", out Tensor? own) ? own : weights["model.embed_tokens.weight"];
        return Norm(x_TD, "model.norm.weight").mm(head.t());
    }

    private Tensor Block(Tensor x, string name)
    {
        Tensor n = Norm(x, name + "input_layernorm.weight");
        int group = _attention.NumHeads / _attention.NumKeyValueHeads;
        Tensor q = Rotate(Heads(Linear(n, name + "self_attn.q_proj"))), k = Rotate(Heads(Linear(n, name + "self_attn.k_proj"))), v = Heads(Linear(n, name + "self_attn.v_proj"));
        Tensor scores = q.bmm(k.repeat_interleave(group, 0).transpose(1, 2)) / Math.Sqrt(_attention.HeadDim);
        Tensor hidden = torch.ones(x.shape[0], x.shape[0]).triu(1).to(ScalarType.Bool);
        Tensor attended = scores.masked_fill(hidden, double.NegativeInfinity).softmax(-1).bmm(v.repeat_interleave(group, 0));
        Tensor h = x + Linear(attended.transpose(0, 1).reshape(x.shape[0], -1), name + "self_attn.o_proj");
        Tensor m = Norm(h, name + "post_attention_layernorm.weight"), gate = Linear(m, name + "mlp.gate_proj");
        return h + Linear(gate * gate.sigmoid() * Linear(m, name + "mlp.up_proj"), name + "mlp.down_proj");
    }

    private Tensor Linear(Tensor x, string name)
    {
        Tensor y = x.mm(weights[name + ".weight"].t());
        if (weights.TryGetValue(name + ".bias", out Tensor? bias)) y = y + bias;
        return lora.TryGetValue(name, out (Tensor A, Tensor B) pair) ? y + x.mm(pair.A.t()).mm(pair.B) * TestLora.Scale : y;
    }

    private Tensor Norm(Tensor x, string name) => x * torch.rsqrt((x * x).mean([-1], true) + _eps) * weights[name];

    private Tensor Heads(Tensor x) => x.view(x.shape[0], -1, _attention.HeadDim).transpose(0, 1);

    private Tensor Rotate(Tensor x_HTd)
    {
        int half = _attention.HeadDim / 2;
        Tensor frequencies = torch.pow(config.Rope.Theta, torch.arange(0, _attention.HeadDim, 2).to(x_HTd.dtype) / -_attention.HeadDim);
        Tensor angles = torch.outer(torch.arange(x_HTd.shape[1]).to(x_HTd.dtype), frequencies), cos = angles.cos(), sin = angles.sin();
        Tensor x1 = x_HTd.narrow(2, 0, half), x2 = x_HTd.narrow(2, half, half);
        return torch.cat([x1 * cos - x2 * sin, x2 * cos + x1 * sin], 2);
    }
}
