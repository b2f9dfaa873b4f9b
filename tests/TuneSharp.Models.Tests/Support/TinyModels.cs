using System.Text.Json.Nodes;
using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Tests.Support;

/// <summary>Small models of every family with random weights that matter, and batches for them.</summary>
internal static class TinyModels
{
    public const int Vocabulary = 61;

    /// <summary>A config of a family; <paramref name="extra"/> is JSON that is added and wins.</summary>
    public static HfConfig Config(string modelType, string extra = "")
    {
        JsonObject json = JsonNode.Parse(modelType switch { "gpt2" => Gpt2, "chatglm" => ChatGlm, _ => LlamaLike(modelType) })!.AsObject();
        foreach ((string key, JsonNode? value) in JsonNode.Parse($"{{ {extra.TrimStart(',', ' ')} }}")!.AsObject()) json[key] = value?.DeepClone();
        return HfConfig.Parse(json.ToJsonString(), "test");
    }

    /// <summary>Rows of whole blocks of 32, for GGUF files.</summary>
    public static HfConfig WideConfig { get; } = HfConfig.Parse($$"""
        { "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
          "num_key_value_heads": 2, "head_dim": 8, "vocab_size": {{Vocabulary}}, "max_position_embeddings": 128, "rms_norm_eps": 0.001, "rope_theta": 1000.0, "initializer_range": 0.3 }
        """, "test");

    /// <summary>Norms and biases, which start at 1 and 0, are drawn too.</summary>
    public static ICausalLm Create(string modelType, string extra = "", long seed = 1)
    {
        ICausalLm model = ModelCatalog.CreateRandom(Config(modelType, extra), seed);
        using var off = no_grad();
        int i = 0;
        foreach (Parameter parameter in model.Parameters.Where(p => p.Value.dim() == 1))
        {
            using var generator = new Generator((ulong)(seed * 100 + i++));
            using Tensor noise = torch.empty(parameter.Value.shape).normal_(0, 0.3, generator);
            parameter.Value.add_(noise);
        }
        return model;
    }

    private static string Gpt2 => $$"""
        { "model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": 24, "n_inner": null, "n_layer": 3, "n_head": 4, "n_positions": 40, "vocab_size": {{Vocabulary}},
          "layer_norm_epsilon": 0.001, "activation_function": "gelu_new", "initializer_range": 0.3 }
        """;

    private static string ChatGlm => $$"""
        { "model_type": "chatglm", "architectures": ["ChatGLMModel"], "hidden_size": 24, "num_layers": 3, "num_attention_heads": 4, "kv_channels": 8, "multi_query_attention": true,
          "multi_query_group_num": 2, "ffn_hidden_size": 30, "padded_vocab_size": {{Vocabulary}}, "seq_length": 64, "layernorm_epsilon": 0.001, "rmsnorm": true, "post_layer_norm": true,
          "add_bias_linear": false, "add_qkv_bias": true, "initializer_range": 0.3 }
        """;

    private static string LlamaLike(string modelType) => $$"""
        { "model_type": "{{modelType}}", "architectures": ["{{(modelType == "qwen2" ? "Qwen2" : "Llama")}}ForCausalLM"], "hidden_size": 24, "intermediate_size": 44,
          "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "vocab_size": {{Vocabulary}}, "max_position_embeddings": 128,
          "rms_norm_eps": 0.001, "rope_theta": 1000.0, "initializer_range": 0.3 }
        """;

    /// <summary>Rows of given lengths; every third label is ignored.</summary>
    public static (int[][] Ids, int[][] Labels) Rows(int seed, params int[] lengths)
    {
        var random = new Random(seed);
        int[][] ids = Array.ConvertAll(lengths, n => Enumerable.Range(0, n).Select(_ => random.Next(1, Vocabulary)).ToArray());
        return (ids, Array.ConvertAll(ids, row => row.Select((id, i) => i % 3 == 2 ? TokenBatch.Ignored : id).ToArray()));
    }

    public static double[] Numbers(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = x.detach().to(ScalarType.Float64).contiguous();
        return flat.data<double>().ToArray();
    }

    /// <summary>|a - b| / |b|, Euclidean norms.</summary>
    public static double RelativeError(Tensor a, Tensor b)
    {
        a.shape.ShouldBe(b.shape);
        double[] x = Numbers(a), y = Numbers(b);
        return Math.Sqrt(x.Zip(y, (p, q) => (p - q) * (p - q)).Sum()) / Math.Max(Math.Sqrt(y.Sum(q => q * q)), 1e-12);
    }

    public static double[] Logits(ICausalLm model, Workspace workspace, int[][] ids, KvCache? cache = null, bool recording = false)
    {
        using TokenBatch batch = TokenBatch.FromRows(ids);
        using var t = new Tape(workspace, recording);
        return Numbers(model.Head.Forward(t, model.Hidden(t, batch, cache)).Data);
    }
}

/// <summary>y += 0.5 (x A^T) B.</summary>
internal sealed class TestLora : ILinearAdapter
{
    public const double Scale = 0.5;

    public TestLora(Linear linear, ulong seed)
    {
        using var generator = new Generator(seed);
        A = new Parameter(linear.Name + ".lora_A", torch.empty(3, linear.In).normal_(0, 0.3, generator)) { Trained = true };
        B = new Parameter(linear.Name + ".lora_B", torch.empty(3, linear.Out).normal_(0, 0.3, generator)) { Trained = true };
    }

    public Parameter A { get; }

    public Parameter B { get; }

    public bool Trained => A.Trained || B.Trained;

    public Action<Tensor> Forward(Tape t, Linear linear, Var x, Tensor y)
    {
        Nn.Buffer u = t.Rent(x.NumTokens, 3);
        Tensor a = A.Value.to(y.dtype).DetachFromDisposeScope(), b = B.Value.to(y.dtype).DetachFromDisposeScope();
        u.Tensor.copy_(x.Data.mm(a.t()));
        y.addmm_(u.Tensor, b, 1, (float)Scale);
        Kept input = t.Keep(x), hidden = t.Keep(u);
        return dY =>
        {
            Tensor dU = dY.mm(b.t()).mul_(Scale);
            B.AddProduct(hidden.Data.t(), dY, Scale);
            A.AddProduct(dU.t(), input.Data);
            if (x.NeedsGrad) x.AddProduct(dU, a);
            a.Dispose();
            b.Dispose();
        };
    }
}
