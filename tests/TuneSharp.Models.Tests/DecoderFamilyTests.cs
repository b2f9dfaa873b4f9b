using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Models.Settings;
using TuneSharp.Models.Tests.Support;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Tests;

/// <summary>What holds for every family that predicts the next token.</summary>
public sealed class DecoderFamilyTests : IDisposable
{
    private static readonly ModelSettings s_single = new() { WeightsDtype = "float32", ComputeDtype = "float32" };

    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-decoders-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string> Families() => new()
    {
        { "gpt2", "" },
        { "gpt2", ", \"n_inner\": 30, \"tie_word_embeddings\": false, \"scale_attn_by_inverse_layer_idx\": true, \"activation_function\": \"gelu\"" },
        { "chatglm", "" },
        { "chatglm", ", \"add_bias_linear\": true, \"post_layer_norm\": false, \"rope_ratio\": 50, \"multi_query_group_num\": 1" },
        { "llama", "" },
        { "qwen2", "" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_weight_learns_by_the_right_amount(string family, string extra)
    {
        using ICausalLm model = TinyModels.Create(family, extra);
        (int[][] ids, int[][] labels) = TinyModels.Rows(3, 7, 1, 12);
        using TokenBatch batch = TokenBatch.FromRows(ids, labels);
        foreach (bool recompute in (bool[])[false, true])
        {
            model.RecomputeBlocks = recompute;
            foreach (Parameter parameter in model.Parameters) parameter.ClearGrad();
            Differences.Check(model, t => t.CrossEntropy(model.Hidden(t, batch), model.Head, batch, batch.NumLabels));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void What_was_saved_loads_bit_for_bit_and_is_as_large_as_the_config_says(string family, string extra)
    {
        using ICausalLm model = TinyModels.Create(family, extra);
        ModelCatalog.Save(model, _folder);
        using ICausalLm loaded = ModelCatalog.Load(_folder, s_single);
        loaded.Warnings.ShouldBeEmpty();
        loaded.Parameters.Select(p => p.Name).ShouldBe(model.Parameters.Select(p => p.Name));
        foreach ((Parameter a, Parameter b) in loaded.Parameters.Zip(model.Parameters)) TinyModels.Numbers(a.Value).ShouldBe(TinyModels.Numbers(b.Value), a.Name);

        ModelSizes sizes = ModelCatalog.SizesOf(model.Config);
        sizes.NumParameters.ShouldBe(model.Parameters.Sum(p => p.NumElements));
        sizes.Linears.ShouldBe(model.Linears.Select(linear => new LinearSize(linear.Name, linear.In, linear.Out, linear.Bias is not null)));
        sizes.HeadName.ShouldBe(model.Head.Name);
        sizes.TiedHead.ShouldBe(ReferenceEquals(model.Head.Weight, model.Parameters[0]));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Decoding_behind_a_prefix_and_a_prompt_equals_the_whole_rows(string family, string extra)
    {
        using ICausalLm model = TinyModels.Create(family, extra);
        using Workspace workspace = model.CreateWorkspace();
        PrefixSlot slot = model.Tunable.Prefix.ShouldNotBeNull();
        double[] plain = TinyModels.Logits(model, workspace, [[3, 1, 4, 1, 5]]);
        slot.Current = new TestPrefix(2, slot.Width);
        model.Tunable.Embedding.ShouldNotBeNull().Prompt = new TestPrefix(3, 24);
        double[] whole;
        using (TokenBatch batch = TokenBatch.FromRows([[3, 1, 4, 1, 5]], numVirtualTokens: 3))
        using (var t = new Tape(workspace, recording: false)) whole = TinyModels.Numbers(model.Head.Forward(t, model.Hidden(t, batch)).Data)[(3 * TinyModels.Vocabulary)..];
        using KvCache cache = model.CreateCache(5);
        double[] decoded = [.. TinyModels.Logits(model, workspace, [[3, 1]], cache), .. ((int[])[4, 1, 5]).SelectMany(id => TinyModels.Logits(model, workspace, [[id]], cache))];
        decoded.Zip(whole, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(5e-5);
        whole.Zip(plain, (a, b) => Math.Abs(a - b)).Max().ShouldBeGreaterThan(0.1);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Steps_leave_nothing_behind(string family, string extra)
    {
        using ICausalLm model = TinyModels.Create(family, extra);
        foreach (Parameter parameter in model.Parameters) parameter.Trained = true;
        using Workspace workspace = model.CreateWorkspace();
        long bytes = 0;
        for (int step = 0; step < 40; step++)
        {
            if (step == 20)
            {
                bytes = workspace.TotalBytes;
                DisposeScopeManager.Statistics.Reset();
            }
            (int[][] ids, int[][] labels) = step % 2 == 0 ? TinyModels.Rows(3, 30, 9) : TinyModels.Rows(4, 17, 20, 5);
            DecoderGradientTests.Step(model, workspace, ids, labels, 40);
            foreach (Parameter parameter in model.Parameters) parameter.ClearGrad();
        }
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBeLessThan(20, "live tensors: one left by every step would be 20; the workspace may have traded a block for two");
        workspace.TotalBytes.ShouldBeLessThanOrEqualTo(bytes * 5 / 4, "what a workspace may hold beyond what is in use");
        workspace.NumRented.ShouldBe(0);
    }

    [Fact]
    public void Gpt2_loads_with_the_Hubs_names_and_its_buffers()
    {
        using ICausalLm model = TinyModels.Create("gpt2");
        byte[] mask = new byte[4 * 40 * 40];
        TensorToWrite[] tensors =
        [
            .. model.Parameters.Select(p => Written(p.Name.Replace("transformer.", "", StringComparison.Ordinal), p.Value.shape, p.Value.bytes.ToArray())),
            .. Enumerable.Range(0, 3).SelectMany(layer => (TensorToWrite[])[Written($"h.{layer}.attn.bias", [1, 1, 40, 40], mask), Written($"h.{layer}.attn.masked_bias", [], [0, 0, 0, 0])]),
        ];
        SafetensorsWriter.Write(Path.Combine(_folder, "model.safetensors"), tensors, new Dictionary<string, string>(StringComparer.Ordinal));
        File.WriteAllText(Path.Combine(_folder, "config.json"), model.Config.Json.ToJsonString());
        using ICausalLm loaded = ModelCatalog.Load(_folder, s_single);
        loaded.Warnings.ShouldBeEmpty();
        loaded.Parameters.Select(p => p.Name).ShouldBe(model.Parameters.Select(p => p.Name));
        using Workspace workspace = model.CreateWorkspace();
        TinyModels.Logits(loaded, workspace, [[1, 2, 3]]).ShouldBe(TinyModels.Logits(model, workspace, [[1, 2, 3]]));

        static TensorToWrite Written(string name, long[] shape, byte[] bytes) => new(name, TensorDType.F32, shape, stream => stream.Write(bytes));
    }

    [Fact]
    public void A_row_longer_than_the_table_of_positions_is_refused()
    {
        using ICausalLm model = TinyModels.Create("gpt2");
        using Workspace workspace = model.CreateWorkspace();
        TinyModels.Logits(model, workspace, [new int[40]]).Length.ShouldBe(40 * TinyModels.Vocabulary);
        Should.Throw<InvalidInputException>(() => TinyModels.Logits(model, workspace, [new int[41]])).Message.ShouldContain("41 tokens; the model has positions for 40");
        using KvCache cache = model.CreateCache(50);
        TinyModels.Logits(model, workspace, [new int[39]], cache);
        Should.Throw<InvalidInputException>(() => TinyModels.Logits(model, workspace, [[1, 2]], cache)).Message.ShouldContain("41 tokens");
    }

    [Theory]
    [InlineData("gpt2", ", \"n_head\": 5", "n_head", "24")]
    [InlineData("gpt2", ", \"add_cross_attention\": true", "add_cross_attention", "encoder")]
    [InlineData("chatglm", ", \"position_encoding_2d\": true", "position_encoding_2d", "ChatGLM3")]
    [InlineData("chatglm", ", \"multi_query_attention\": false", "multi_query_attention", "grouped")]
    [InlineData("chatglm", ", \"multi_query_group_num\": 3", "multi_query_group_num", "num_attention_heads", "4")]
    [InlineData("chatglm", ", \"kv_channels\": 6", "kv_channels", "multiple of 4")]
    [InlineData("chatglm", ", \"rmsnorm\": false", "rmsnorm")]
    [InlineData("chatglm", ", \"pre_seq_len\": 128", "pre_seq_len", "prefix_tuning")]
    [InlineData("chatglm", ", \"quantization_bit\": 4", "quantization_bit", "float16")]
    [InlineData("chatglm", ", \"apply_residual_connection_post_layernorm\": true", "apply_residual_connection_post_layernorm")]
    public void What_a_family_cannot_be_is_refused_by_name(string family, string extra, params string[] expected)
    {
        string message = Should.Throw<InvalidInputException>(() => TinyModels.Create(family, extra)).Message;
        foreach (string word in expected) message.ShouldContain(word);
    }
}
