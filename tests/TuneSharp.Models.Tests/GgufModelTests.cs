using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Gguf;
using TuneSharp.Models.Settings;
using TuneSharp.Models.Tests.Support;
using TuneSharp.Nn;
using TuneSharp.Tests.Shared;

namespace TuneSharp.Models.Tests;

/// <summary>A model written as GGUF, by the tests' own writer, computes what the model itself computes.</summary>
public sealed class GgufModelTests : IDisposable
{
    private static readonly ModelSettings Single = new() { WeightsDtype = "float32", ComputeDtype = "float32" };
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-gguf-").FullName;

    private string File1 => Path.Combine(_folder, "m.gguf");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("llama", "")]
    [InlineData("llama", ", \"attention_bias\": true, \"mlp_bias\": true, \"tie_word_embeddings\": true")]
    [InlineData("llama", ", \"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0, \"original_max_position_embeddings\": 32}")]
    [InlineData("llama", ", \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 4.0}")]
    [InlineData("gpt2", "")]
    [InlineData("gpt2", ", \"n_inner\": 30, \"tie_word_embeddings\": false")]
    [InlineData("qwen2", ", \"tie_word_embeddings\": true")]
    [InlineData("qwen2", ", \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": 32}")]
    public void It_computes_the_same(string family, string extra)
    {
        using ICausalLm model = TinyModels.Create(family, extra);
        (family == "gpt2" ? GgufGpt2.Write(model) : GgufModels.Write(model)).WriteTo(File1);
        using ICausalLm loaded = ModelCatalog.Load(File1, Single);
        loaded.ModelType.ShouldBe(family);
        (int[][] ids, _) = TinyModels.Rows(1, family == "gpt2" ? 40 : 60, 7);
        using Workspace a = model.CreateWorkspace(), b = loaded.CreateWorkspace();
        double[] expected = TinyModels.Logits(model, a, ids), found = TinyModels.Logits(loaded, b, ids);
        expected.Zip(found, (x, y) => Math.Abs(x - y)).Max().ShouldBeLessThan(1e-5);
        loaded.Parameters.Select(p => p.Name).Order().ShouldBe(model.Parameters.Select(p => p.Name).Order());

        // In Hugging Face layout it is the same once more: nothing of the config was lost.
        ModelCatalog.Save(loaded, Path.Combine(_folder, "hf"));
        using ICausalLm again = ModelCatalog.Load(Path.Combine(_folder, "hf"), Single);
        using Workspace c = again.CreateWorkspace();
        TinyModels.Logits(again, c, ids).ShouldBe(found);
    }

    [Theory]
    [InlineData(null, "float32", 1e-9)]
    [InlineData(torch.ScalarType.BFloat16, "bfloat16", 1e-4)]
    public void Converted_to_a_folder_it_computes_the_same(torch.ScalarType? storage, string dtype, double tolerance)
    {
        using ICausalLm model = TinyModels.Create("llama", ", \"attention_bias\": true");
        GgufModels.Write(model).WriteTo(File1);
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "converted")).FullName;
        long last = 0;
        GgufConversion made = ModelCatalog.ConvertGguf(File1, folder, storage, (done, all) => last = Math.Max(last, 100 * done / all));
        (made.DType, made.WasQuantised, made.Tensors, last).ShouldBe((dtype, false, model.Parameters.Count, 100));
        HfConfig.Load(folder).DType.ShouldBe(dtype);
        using ICausalLm direct = ModelCatalog.Load(File1, Single with { WeightsDtype = dtype }), converted = ModelCatalog.Load(folder, Single);
        (int[][] ids, _) = TinyModels.Rows(1, 20);
        using Workspace a = direct.CreateWorkspace(), b = converted.CreateWorkspace();
        TinyModels.Logits(direct, a, ids).Zip(TinyModels.Logits(converted, b, ids), (x, y) => Math.Abs(x - y)).Max().ShouldBeLessThan(tolerance);
    }

    [Fact]
    public void A_converted_gpt2_is_stored_as_in_its_own_files()
    {
        using ICausalLm model = TinyModels.Create("gpt2");
        GgufGpt2.Write(model).WriteTo(File1);
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "converted")).FullName;
        ModelCatalog.ConvertGguf(File1, folder);
        using ICausalLm converted = ModelCatalog.Load(folder, Single);
        foreach ((Parameter a, Parameter b) in model.Parameters.OrderBy(p => p.Name, StringComparer.Ordinal).Zip(converted.Parameters.OrderBy(p => p.Name, StringComparer.Ordinal)))
            TinyModels.Numbers(b.Value).ShouldBe(TinyModels.Numbers(a.Value), a.Name);
    }

    [Fact]
    public void A_folder_whose_only_weights_are_one_file_is_that_file()
    {
        using ICausalLm model = TinyModels.Create("llama");
        GgufModels.Write(model).WriteTo(File1);
        ModelCatalog.Load(_folder, Single).Dispose();
        ModelCatalog.ReadConfig(_folder).ModelType.ShouldBe("llama");
        ModelCatalog.CheckWeights(_folder);
        File.Copy(File1, Path.Combine(_folder, "other.gguf"));
        Should.Throw<InvalidInputException>(() => ModelCatalog.Load(_folder, Single)).Message.ShouldContain("2 GGUF files: m.gguf, other.gguf");
    }

    [Theory]
    [InlineData("auto", torch.ScalarType.Float32)]
    [InlineData("bfloat16", torch.ScalarType.BFloat16)]
    [InlineData("float16", torch.ScalarType.Float16)]
    public void Weights_are_kept_in_the_wanted_type(string dtype, torch.ScalarType type)
    {
        using ICausalLm model = TinyModels.Create("llama");
        GgufModels.Write(model).WriteTo(File1);
        using ICausalLm loaded = ModelCatalog.Load(File1, Single with { WeightsDtype = dtype });
        loaded.Parameters.ShouldAllBe(p => p.Value.dtype == type);
        loaded.ComputeType.ShouldBe(torch.ScalarType.Float32);
    }

    [Theory]
    [InlineData(16, 500.0, 8.0, 1.0, 4.0, 64)]
    [InlineData(64, 500000.0, 32.0, 1.0, 4.0, 8192)]
    [InlineData(128, 10000.0, 8.0, 2.0, 6.0, 3000)]
    [InlineData(128, 500000.0, 4.0, 1.0, 16.0, 4096)]
    public void Rope_divisors_are_explained(int headDim, double theta, double factor, double low, double high, int original)
    {
        var rule = new RotaryScaling.Llama3(factor, low, high, original);
        double[] plain = new RotaryScaling.None().Frequencies(headDim, theta, 0), scaled = rule.Frequencies(headDim, theta, 0);
        float[] divisors = [.. plain.Zip(scaled, (p, s) => (float)(p / s))];
        var json = RopeFactorRule.Explain(divisors, theta, headDim, 131072)!;
        json["rope_type"]!.GetValue<string>().ShouldBe("llama3");
        var found = new RotaryScaling.Llama3(json["factor"]!.GetValue<double>(), json["low_freq_factor"]!.GetValue<double>(), json["high_freq_factor"]!.GetValue<double>(), json["original_max_position_embeddings"]!.GetValue<int>());
        found.Frequencies(headDim, theta, 0).Zip(scaled, (a, b) => Math.Abs(a / b - 1)).Max().ShouldBeLessThan(3e-6);
    }

    [Fact]
    public void Rope_divisors_that_no_rule_explains_are_kept()
    {
        float[] divisors = [1, 3, 2, 5];
        using ICausalLm model = TinyModels.Create("llama");
        GgufModels.Write(model).Floats(GgufConfig.RopeFactors, [4], divisors).WriteTo(File1);
        RopeParameters rope = ModelCatalog.ReadConfig(File1).Rope;
        (rope.Kind, rope.AttentionFactor).ShouldBe((RopeKind.LongRope, 1));
        rope.LongFactor.ShouldBe(divisors.Select(d => (double)d));
        ModelCatalog.Load(File1, Single).Dispose();
        RopeFactorRule.Explain([1, 1, 1], 1e4, 6, 100).ShouldBeNull();
    }

    public static TheoryData<string, Func<GgufBytes>> Broken() => new()
    {
        { "general.architecture is missing", () => new GgufBytes() },
        { "general.architecture is 7", () => new GgufBytes().Number("general.architecture", 7) },
        { "'flubber'", () => new GgufBytes().Text("general.architecture", "flubber") },
        { "general.type is 'adapter'", () => new GgufBytes().Text("general.architecture", "llama").Text("general.type", "adapter") },
        { "split.count is 3", () => new GgufBytes().Text("general.architecture", "llama").Raw("split.count", 2, [3, 0]) },
        { "llama.expert_count is 8", () => new GgufBytes().Text("general.architecture", "llama").Number("llama.expert_count", 8) },
        { "llama.embedding_length is missing", () => new GgufBytes().Text("general.architecture", "llama") },
        { "llama.block_count is 0", () => GgufModels.Keys(TinyModels.Config("llama"), ("block_count", 0)) },
        { "llama.attention.head_count is 0", () => GgufModels.Keys(TinyModels.Config("llama"), ("attention.head_count", 0)) },
        { "num_key_value_heads", () => GgufModels.Keys(TinyModels.Config("llama"), ("attention.head_count_kv", 3)).Floats("token_embd.weight", [61, 24], new float[61 * 24]) },
        { "lacks the tensor", () => GgufModels.Keys(TinyModels.Config("llama")).Floats("token_embd.weight", [61, 24], new float[61 * 24]) },
        { "has shape [60, 25]", () => GgufModels.Keys(TinyModels.Config("llama")).Number("llama.vocab_size", 61).Floats("token_embd.weight", [60, 25], new float[1500]) },
        { "blk.9.strange", () => { using ICausalLm model = TinyModels.Create("llama"); return GgufModels.Write(model).Floats("blk.9.strange", [1], [1]); } },
    };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void What_does_not_fit_is_named(string named, Func<GgufBytes> make)
    {
        make().WriteTo(File1);
        Should.Throw<InvalidInputException>(() => ModelCatalog.Load(File1, Single)).Message.ShouldContain(named);
    }
}
