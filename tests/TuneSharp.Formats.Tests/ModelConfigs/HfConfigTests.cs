using System.Text.Json.Nodes;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Formats.Tests.ModelConfigs;

public sealed class HfConfigTests
{
    private const string Base = """
        {"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":32,"num_attention_heads":4,"num_key_value_heads":2,
         "num_hidden_layers":2,"vocab_size":64,"max_position_embeddings":128,"rms_norm_eps":1e-5,"rope_theta":500000.0,"torch_dtype":"bfloat16"}
        """;

    private static HfConfig With(params (string Key, string Value)[] changes)
    {
        JsonObject json = JsonNode.Parse(Base)!.AsObject();
        foreach ((string key, string value) in changes)
            if (value == "-") json.Remove(key); else json[key] = JsonNode.Parse(value);
        return HfConfig.Parse(json.ToJsonString(), "config.json");
    }

    private static string Refusal(Func<object?> read) => Should.Throw<InvalidInputException>(() => read()).Message;

    [Fact]
    public void BothSpellingsOfTypeAndThetaAreRead()
    {
        HfConfig hub = With();
        HfConfig current = With(("torch_dtype", "-"), ("rope_theta", "-"), ("dtype", "\"bfloat16\""), ("rope_parameters", """{"rope_type":"default","rope_theta":500000.0}"""));
        hub.DType.ShouldBe("bfloat16");
        current.DType.ShouldBe("bfloat16");
        current.Rope.ShouldBe(hub.Rope);
        hub.Rope.Theta.ShouldBe(500_000);
    }

    [Fact]
    public void ScalingIsTheSameUnderEitherNameAndEitherTypeKey()
    {
        RopeParameters hub = With(("rope_scaling", """{"type":"yarn","factor":4.0,"original_max_position_embeddings":32}""")).Rope;
        RopeParameters current = With(("rope_theta", "-"), ("rope_parameters", """{"rope_type":"yarn","factor":4,"original_max_position_embeddings":32,"rope_theta":500000}""")).Rope;
        current.ShouldBe(hub);
        hub.ShouldBe(new RopeParameters { Kind = RopeKind.Yarn, Theta = 500_000, Factor = 4, OriginalMaxPositions = 32, MaxPositions = 128 });
    }

    [Fact]
    public void EachKindKeepsItsFields()
    {
        With(("rope_scaling", """{"type":"linear","factor":2.5}""")).Rope.ShouldBe(new RopeParameters { Kind = RopeKind.Linear, Theta = 500_000, Factor = 2.5, OriginalMaxPositions = 128, MaxPositions = 128 });
        With(("rope_scaling", """{"type":"dynamic","factor":2.0,"original_max_position_embeddings":7}""")).Rope.OriginalMaxPositions.ShouldBe(128);
        With(("rope_scaling", """{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":16}""")).Rope
            .ShouldBe(new RopeParameters { Kind = RopeKind.Llama3, Theta = 500_000, Factor = 8, LowFreqFactor = 1, HighFreqFactor = 4, OriginalMaxPositions = 16, MaxPositions = 128 });
        RopeParameters longRope = With(("original_max_position_embeddings", "32"), ("rope_scaling", """{"type":"longrope","short_factor":[1,2],"long_factor":[3,4]}""")).Rope;
        longRope.Factor.ShouldBe(4);
        longRope.ShortFactor.ShouldBe([1, 2]);
        longRope.LongFactor.ShouldBe([3, 4]);
    }

    [Theory]
    [InlineData("rope_scaling", """{"type":"spiral","factor":2}""", "spiral")]
    [InlineData("rope_scaling", """{"type":"linear","factor":0}""", "rope_scaling.factor is 0")]
    [InlineData("rope_scaling", """{"type":"linear"}""", "rope_scaling.factor is missing")]
    [InlineData("rope_scaling", """{"rope_type":"llama3","factor":8}""", "rope_scaling.")]
    [InlineData("rope_scaling", """{"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":4,"original_max_position_embeddings":16}""", "high_freq_factor")]
    [InlineData("rope_scaling", """{"type":"longrope","short_factor":[1,-2],"long_factor":[3,4]}""", "short_factor")]
    [InlineData("rope_scaling", "7", "rope_scaling is 7")]
    [InlineData("rope_theta", "0", "rope_theta is 0")]
    [InlineData("rope_parameters", """{"full_attention":{"rope_type":"default"}}""", "rope_parameters")]
    public void RotarySettingsThatCannotBeComputedAreRefused(string key, string value, string named) => Refusal(() => With((key, value)).Rope).ShouldContain(named);

    [Fact]
    public void HeadDimIsDerivedOnlyWhereItIsNull()
    {
        With().Attention.ShouldBe(new AttentionShape(32, 4, 2, 8));
        With(("head_dim", "null")).Attention.HeadDim.ShouldBe(8);
        With(("head_dim", "16"), ("num_attention_heads", "6")).Attention.ShouldBe(new AttentionShape(32, 6, 2, 16));
        With(("num_key_value_heads", "-")).Attention.NumKeyValueHeads.ShouldBe(4);
    }

    [Theory]
    [InlineData("num_attention_heads", "5", "num_attention_heads is 5")]
    [InlineData("num_attention_heads", "0", "num_attention_heads is 0")]
    [InlineData("num_key_value_heads", "3", "num_key_value_heads is 3")]
    [InlineData("hidden_size", "-32", "hidden_size is -32")]
    [InlineData("hidden_size", "\"32\"", "hidden_size is '32'")]
    [InlineData("hidden_size", "null", "hidden_size is null")]
    [InlineData("hidden_size", "-", "hidden_size is missing")]
    [InlineData("hidden_size", "1e40", "hidden_size is 1e40")]
    public void HeadsThatDoNotFitAreRefused(string key, string value, string said) => Refusal(() => With((key, value)).Attention).ShouldContain(said);

    [Fact]
    public void GettersNameFieldValueAndLimit()
    {
        HfConfig config = With(("layers", "1.5"), ("vocab", "1099511627776"), ("flag", "1"), ("act", "7"), ("ids", """[1,"x"]"""), ("neg", "-1"));
        Refusal(() => config.GetInt("layers", 1, 10)).ShouldBe("config.json: layers is 1.5. It must be a whole number from 1 to 10.");
        Refusal(() => config.GetInt("vocab", 1, int.MaxValue)).ShouldContain("vocab is 1099511627776. It must be a whole number from 1 to 2147483647.");
        Refusal(() => config.GetBool("flag", false)).ShouldContain("true or false");
        Refusal(() => config.GetString("act")).ShouldContain("act is 7");
        Refusal(() => config.GetIds("ids")).ShouldContain("ids");
        Refusal(() => config.GetIds("neg")).ShouldContain("neg is -1");
        Refusal(() => config.GetDouble("neg", 0, 1e9)).ShouldContain("from 0 to 1e+9");
    }

    [Fact]
    public void EndTokensMayBeANumberAListOrNothing()
    {
        With(("eos_token_id", "2")).GetIds("eos_token_id").ShouldBe([2]);
        With(("eos_token_id", "[1,2]")).GetIds("eos_token_id").ShouldBe([1, 2]);
        With(("eos_token_id", "null")).GetIds("eos_token_id").ShouldBeEmpty();
        With().GetIds("eos_token_id").ShouldBeEmpty();
    }

    [Fact]
    public void Qwen2HasAWindowOnlyWhenSwitchedOnAndOnlyInUpperLayers()
    {
        With(("model_type", "\"qwen2\""), ("sliding_window", "8"), ("max_window_layers", "1")).SlidingWindows(3).ShouldBe([null, null, null]);
        With(("model_type", "\"qwen2\""), ("sliding_window", "8"), ("max_window_layers", "1"), ("use_sliding_window", "true")).SlidingWindows(3).ShouldBe([null, 8, 8]);
        With(("model_type", "\"mistral\""), ("sliding_window", "8")).SlidingWindows(2).ShouldBe([8, 8]);
        With().SlidingWindows(2).ShouldBe([null, null]);
        With(("layer_types", """["sliding_attention","full_attention"]"""), ("sliding_window", "4")).SlidingWindows(2).ShouldBe([4, null]);
    }

    [Theory]
    [InlineData("""["full_attention"]""", "1 entries")]
    [InlineData("""["full_attention","linear_attention"]""", "linear_attention")]
    [InlineData("""["full_attention","sliding_attention"]""", "no sliding_window")]
    public void LayerTypesThatCannotBeComputedAreRefused(string types, string said) => Refusal(() => With(("layer_types", types)).SlidingWindows(2)).ShouldContain(said);

    [Fact]
    public void TheFamilyComesFromEitherKey()
    {
        With(("model_type", "-")).ModelType.ShouldBe("llama");
        With(("model_type", "-")).Warnings.ShouldHaveSingleItem().ShouldContain("model_type");
        With(("model_type", "-"), ("architectures", """["Qwen2MoeForCausalLM"]""")).ModelType.ShouldBe("qwen2_moe");
        With(("architectures", "-")).Warnings.ShouldHaveSingleItem().ShouldContain("architectures");
        With(("rms_norm_eps", "0.0")).Warnings.ShouldHaveSingleItem().ShouldContain("rms_norm_eps");
        With().Warnings.ShouldBeEmpty();
        string both = Refusal(() => With(("model_type", "-"), ("architectures", "-")));
        both.ShouldContain("architectures");
        both.ShouldContain("model_type");
    }

    [Fact]
    public void UnknownFamiliesAndCodeAreNamed()
    {
        string message = With(("model_type", "\"evil\""), ("architectures", """["EvilForCausalLM"]"""), ("auto_map", "{}")).UnknownFamily(["qwen2", "llama"]).Message;
        message.ShouldContain("EvilForCausalLM");
        message.ShouldContain("auto_map");
        message.ShouldContain("llama, qwen2");
        Refusal(() => With(("quantization_config", """{"quant_method":"telepathy"}"""))).ShouldContain("telepathy");
    }

    [Theory]
    [InlineData("[]", "object")]
    [InlineData("{\"a\":NaN}", "line 1")]
    [InlineData("{\n\"a\":1,\n", "line 3")]
    [InlineData("{\"a\":1,\"a\":2}", "'a'")]
    [InlineData("{\"a\":1e999}", "too large")]
    [InlineData("{\"a\":\"\\ud800\"}", "half a character")]
    [InlineData("", "not valid JSON")]
    public void TextThatIsNoJsonObjectIsRefused(string json, string said) => Refusal(() => HfConfig.Parse(json, "config.json")).ShouldContain(said);

    [Fact]
    public void DeepNestingIsRefusedAndAByteOrderMarkIsNot()
    {
        Refusal(() => HfConfig.Parse(string.Concat(Enumerable.Repeat("{\"a\":", 3000)) + "1" + new string('}', 3000), "config.json")).ShouldContain("depth");
        HfConfig.Parse("\uFEFF" + Base, "config.json").ModelType.ShouldBe("llama");
    }

    [Fact]
    public void EveryConfigOfTheGoldenModelsReadsTheSameInBothForms()
    {
        string folder = SharedFixtures.Folder("models");
        int compared = 0;
        foreach (string legacyPath in Directory.EnumerateFiles(folder, "config.legacy.json", SearchOption.AllDirectories))
        {
            HfConfig legacy = HfConfig.Load(legacyPath), current = HfConfig.Load(Path.GetDirectoryName(legacyPath)!);
            if (current.ModelType is not ("llama" or "qwen2" or "mistral" or "qwen3")) continue;
            compared++;
            int layers = current.GetInt("num_hidden_layers", 1, 100);
            legacy.Attention.ShouldBe(current.Attention, legacyPath);
            legacy.Rope.ShouldBe(current.Rope, legacyPath);
            legacy.DType.ShouldBe(current.DType, legacyPath);
            legacy.SlidingWindows(layers).ShouldBe(current.SlidingWindows(layers), legacyPath);
        }
        compared.ShouldBeGreaterThan(0);
    }
}
