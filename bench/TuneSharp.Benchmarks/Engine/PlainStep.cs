using TorchSharp;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft.Lora;
using static TorchSharp.torch;
using Modules = TorchSharp.Modules;

namespace TuneSharp.Benchmarks.Engine;

// B = rows, T = tokens of a row, D = hidden size, H = heads, d = head width

/// <summary>
/// The same step as one would write it in TorchSharp: autograd, the base frozen, a dispose scope around each block, torch's
/// scaled_dot_product_attention, all logits at once.
/// </summary>
internal sealed class PlainStep
{
    private readonly Dictionary<string, Tensor> _weights;
    private readonly Dictionary<string, (Modules.Parameter A, Modules.Parameter B)> _lora = [];
    private readonly ModelShape _shape;
    private readonly Tensor _cos, _sin;
    private readonly optim.Optimizer _optimizer;

    private PlainStep(ICausalLm model, string targets, int length)
    {
        _shape = model.Shape;
        _weights = model.Parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        using (LoraMethod lora = BenchmarkModel.Adapt(model, targets))
        {
            foreach (LoraAdapter adapter in lora.Adapters)
                _lora[adapter.Linear.Name] = (new(adapter.A.Value.clone()), new(torch.zeros(adapter.Linear.Out, BenchmarkModel.Rank)));
            lora.Detach();
        }
        _optimizer = optim.AdamW(_lora.Values.SelectMany(pair => (Modules.Parameter[])[pair.A, pair.B]).ToArray(), BenchmarkModel.LearningRate, weight_decay: 0);
        using DisposeScope scope = NewDisposeScope();
        Tensor frequencies = torch.pow(100000.0, torch.arange(0, _shape.HeadDim, 2).to(float32) / -_shape.HeadDim);
        Tensor angles = torch.outer(torch.arange(length).to(float32), frequencies);
        Tensor full = torch.cat([angles, angles], 1);
        (_cos, _sin) = (full.cos().DetachFromDisposeScope(), full.sin().DetachFromDisposeScope());
    }

    public static EngineBenchmark.StepTimes Measure(string targets, int steps, int tokens, int rows)
    {
        using ICausalLm model = BenchmarkModel.Create();
        var plain = new PlainStep(model, targets, tokens / rows);
        using Tensor ids = torch.tensor(BenchmarkModel.Rows(tokens, rows).SelectMany(row => row).Select(id => (long)id).ToArray()).view(rows, -1);
        var times = new EngineBenchmark.StepTimes();
        for (int step = 0; step <= steps; step++) times.Run(warmUp: step == 0, () => plain.Step(ids));
        return times;
    }

    private double Step(Tensor ids)
    {
        double value;
        using (NewDisposeScope())
        {
            Tensor loss = Loss(ids);
            loss.backward();
            value = loss.item<float>();
        }
        using (NewDisposeScope())
        {
            _optimizer.step();
            _optimizer.zero_grad();
        }
        return value;
    }

    private Tensor Loss(Tensor ids)
    {
        Tensor x_BTD = _weights["model.embed_tokens.weight"].index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], -1);
        for (int layer = 0; layer < _shape.NumLayers; layer++)
        {
            using DisposeScope scope = NewDisposeScope();
            x_BTD = Block(x_BTD, $"model.layers.{layer}.").MoveToOuterDisposeScope();
        }
        Tensor logits = nn.functional.linear(Norm(x_BTD, "model.norm.weight"), _weights["model.embed_tokens.weight"]);
        Tensor predicted = logits.narrow(1, 0, ids.shape[1] - 1).reshape(-1, _shape.VocabularySize), labels = ids.narrow(1, 1, ids.shape[1] - 1).reshape(-1);
        return nn.functional.cross_entropy(predicted, labels);
    }

    private Tensor Block(Tensor x, string name)
    {
        Tensor n = Norm(x, name + "input_layernorm.weight");
        Tensor q = Rotate(Heads(Linear(n, name + "self_attn.q_proj"))), k = Rotate(Heads(Linear(n, name + "self_attn.k_proj"))), v = Heads(Linear(n, name + "self_attn.v_proj"));
        int group = _shape.NumHeads / _shape.NumKeyValueHeads;
        Tensor attended = nn.functional.scaled_dot_product_attention(q, k.repeat_interleave(group, 1), v.repeat_interleave(group, 1), is_casual: true);
        Tensor h = x + Linear(attended.transpose(1, 2).reshape(x.shape), name + "self_attn.o_proj");
        Tensor m = Norm(h, name + "post_attention_layernorm.weight");
        return h + Linear(nn.functional.silu(Linear(m, name + "mlp.gate_proj")) * Linear(m, name + "mlp.up_proj"), name + "mlp.down_proj");
    }

    private Tensor Linear(Tensor x, string name)
    {
        Tensor y = nn.functional.linear(x, _weights[name + ".weight"]);
        return _lora.TryGetValue(name, out (Modules.Parameter A, Modules.Parameter B) lora)
            ? y + nn.functional.linear(nn.functional.linear(x, lora.A), lora.B) * BenchmarkModel.Scale
            : y;
    }

    private Tensor Norm(Tensor x, string name) => x * torch.rsqrt((x * x).mean([-1], true) + 1e-5) * _weights[name];

    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], -1, _shape.HeadDim).transpose(1, 2);

    private Tensor Rotate(Tensor x_BHTd)
    {
        int half = _shape.HeadDim / 2;
        Tensor turned = torch.cat([-x_BHTd.narrow(3, half, half), x_BHTd.narrow(3, 0, half)], 3);
        return x_BHTd * _cos + turned * _sin;
    }
}
