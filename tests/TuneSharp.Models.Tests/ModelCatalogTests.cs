using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Models.Settings;
using TuneSharp.Models.Tests.Support;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Models.Tests;

/// <summary>Models from folders and into folders; what does not fit is refused by name.</summary>
public sealed class ModelCatalogTests : IDisposable
{
    private static readonly ModelSettings Single = new() { WeightsDtype = "float32", ComputeDtype = "float32" };

    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("llama", "")]
    [InlineData("llama", ", \"tie_word_embeddings\": true, \"attention_bias\": true, \"mlp_bias\": true")]
    [InlineData("qwen2", ", \"tie_word_embeddings\": true")]
    public void What_was_saved_loads_bit_for_bit(string type, string extra)
    {
        using ICausalLm model = TinyModels.Create(type, extra);
        ModelCatalog.Save(model, _folder);
        using ICausalLm loaded = ModelCatalog.Load(_folder, Single);
        loaded.ModelType.ShouldBe(type);
        loaded.Warnings.ShouldBeEmpty();
        ModelCatalog.SizesOf(model.Config).Linears.Select(linear => linear.Name).ShouldBe(model.Linears.Select(linear => linear.Name));
        ModelCatalog.SizesOf(model.Config).HeadName.ShouldBe(model.Head.Name);
        loaded.Parameters.Select(p => p.Name).ShouldBe(model.Parameters.Select(p => p.Name));
        foreach ((Parameter a, Parameter b) in loaded.Parameters.Zip(model.Parameters)) TinyModels.Numbers(a.Value).ShouldBe(TinyModels.Numbers(b.Value), a.Name);
        bool tied = extra.Contains("tie_word", StringComparison.Ordinal);
        ReferenceEquals(loaded.Head.Weight, loaded.Parameters[0]).ShouldBe(tied);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(_folder, "model.safetensors"));
        file.Tensors.ContainsKey("lm_head.weight").ShouldBe(!tied);
    }

    [Theory]
    [InlineData("bfloat16", TensorDType.BF16)]
    [InlineData("float16", TensorDType.F16)]
    public void Narrow_storage_halves_the_file_and_computes_the_same_kept_or_widened(string name, TensorDType stored)
    {
        using ICausalLm model = TinyModels.Create("llama");
        ModelCatalog.Save(model, _folder, name == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float16);
        HfConfig.Load(_folder).DType.ShouldBe(name);
        using (SafetensorsFile file = SafetensorsFile.Open(Path.Combine(_folder, "model.safetensors"))) file.Tensors.Values.ShouldAllBe(t => t.DType == stored);

        using ICausalLm kept = ModelCatalog.Load(_folder, new ModelSettings { WeightsDtype = name, ComputeDtype = "float32" }), widened = ModelCatalog.Load(_folder, Single);
        kept.Parameters[0].Value.element_size().ShouldBe(2);
        widened.Parameters[0].Value.element_size().ShouldBe(4);
        using Workspace workspace = kept.CreateWorkspace();
        (int[][] ids, _) = TinyModels.Rows(1, 9, 5);
        TinyModels.Logits(kept, workspace, ids).ShouldBe(TinyModels.Logits(widened, workspace, ids));
    }

    [Fact]
    public void Auto_types_fit_the_machine()
    {
        using ICausalLm model = TinyModels.Create("llama");
        ModelCatalog.Save(model, _folder, ScalarType.BFloat16);
        using ICausalLm loaded = ModelCatalog.Load(_folder);
        loaded.Parameters[0].Value.dtype.ShouldBe(ScalarType.Float32, "small enough to be widened");
        loaded.ComputeType.ShouldBe(Processor.HasBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        using ICausalLm narrow = ModelCatalog.Load(_folder, new ModelSettings { ComputeDtype = "bfloat16" });
        narrow.ComputeType.ShouldBe(ScalarType.BFloat16);
        narrow.Warnings.Any(w => w.Contains("compute_dtype", StringComparison.Ordinal)).ShouldBe(!Processor.HasBFloat16);
    }

    [Fact]
    public void Two_different_matrices_that_should_be_tied_stay_two_with_a_warning()
    {
        using ICausalLm model = TinyModels.Create("llama");
        ModelCatalog.Save(model, _folder);
        File.WriteAllText(Path.Combine(_folder, "config.json"), TinyModels.Config("llama", ", \"tie_word_embeddings\": true").Json.ToJsonString());
        using ICausalLm loaded = ModelCatalog.Load(_folder, Single);
        loaded.Warnings.ShouldHaveSingleItem().ShouldContain("lm_head.weight");
        ReferenceEquals(loaded.Head.Weight, loaded.Parameters[0]).ShouldBeFalse();
        ModelCatalog.Save(loaded, _folder);
        HfConfig.Load(_folder).GetBool("tie_word_embeddings", true).ShouldBeFalse();
    }

    [Fact]
    public void A_random_start_depends_on_the_seed_alone()
    {
        using ICausalLm a = ModelCatalog.CreateRandom(TinyModels.Config("llama"), 5), b = ModelCatalog.CreateRandom(TinyModels.Config("llama"), 5), c = ModelCatalog.CreateRandom(TinyModels.Config("llama"), 6);
        double[] first = TinyModels.Numbers(a.Linears[3].Weight.Value);
        TinyModels.Numbers(b.Linears[3].Weight.Value).ShouldBe(first);
        TinyModels.Numbers(c.Linears[3].Weight.Value).ShouldNotBe(first);
        TinyModels.Numbers(a.Linears[7].Weight.Value).Take(10).ShouldNotBe(TinyModels.Numbers(a.Linears[0].Weight.Value).Take(10));
        Math.Sqrt(first.Average(x => x * x)).ShouldBe(0.3, 0.03);
        a.Parameters.Where(p => p.Value.dim() == 1).ShouldAllBe(p => TinyModels.Numbers(p.Value).All(x => x == 1));
    }

    [Theory]
    [InlineData("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4", "model.layers.3.input_layernorm.weight", "lacks")]
    [InlineData("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 2", "model.layers.2.", "no place for")]
    [InlineData("\"intermediate_size\": 44", "\"intermediate_size\": 45", "model.layers.0.mlp.gate_proj.weight", "[44, 24]", "[45, 24]")]
    [InlineData("\"model_type\": \"llama\"", "\"model_type\": \"qwen2\"", "model.layers.0.self_attn.q_proj.bias")]
    [InlineData("\"model_type\": \"llama\"", "\"model_type\": \"elephant\"", "elephant", "llama", "qwen2")]
    [InlineData("\"head_dim\": 8", "\"head_dim\": 7", "head_dim", "even")]
    [InlineData("\"rope_theta\": 1000.0", "\"rope_theta\": 1000.0, \"hidden_act\": \"mish\"", "hidden_act", "mish")]
    [InlineData("\"rope_theta\": 1000.0", "\"rope_theta\": 1000.0, \"rope_scaling\": {\"type\": \"longrope\", \"factor\": 2.0, \"short_factor\": [1,1,1,1], \"long_factor\": [1,1,1,1]}", "rope_scaling")]
    public void What_does_not_fit_is_refused_by_name(string part, string changed, params string[] expected)
    {
        using (ICausalLm model = TinyModels.Create("llama")) ModelCatalog.Save(model, _folder);
        string config = Path.Combine(_folder, "config.json"), text = TinyModels.Config("llama").Json.ToJsonString();
        string compact = part.Replace(": ", ":", StringComparison.Ordinal);
        text.ShouldContain(compact);
        File.WriteAllText(config, text.Replace(compact, changed, StringComparison.Ordinal));
        string message = Should.Throw<InvalidInputException>(() => ModelCatalog.Load(_folder, Single)).Message;
        foreach (string word in expected) message.ShouldContain(word);
        message.ShouldContain(_folder);
        message.ShouldEndWith(".");
    }

    [Fact]
    public void Companion_files_travel_with_a_model()
    {
        using ICausalLm model = TinyModels.Create("llama");
        string source = Path.Combine(_folder, "source"), target = Path.Combine(_folder, "target");
        Directory.CreateDirectory(source);
        File.WriteAllText(Path.Combine(source, "tokenizer.json"), "{}");
        File.WriteAllText(Path.Combine(source, "modeling_custom.py"), "never copied");
        ModelCatalog.Save(model, target, companionsFrom: source);
        Directory.GetFiles(target).Select(Path.GetFileName).Order().ShouldBe(["config.json", "model.safetensors", "tokenizer.json"]);
    }

    [Theory]
    [InlineData("float8", "auto", "weights_dtype")]
    [InlineData("auto", "float16", "compute_dtype")]
    public void Settings_name_their_choices(string weights, string compute, string key)
    {
        string message = Should.Throw<InvalidInputException>(new ModelSettings { WeightsDtype = weights, ComputeDtype = compute }.Validate).Message;
        message.ShouldContain(key);
        message.ShouldContain("bfloat16");
    }
}
