using TuneSharp.Formats;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.Tests.Settings;

public class MethodSettingsTests
{
    [Fact]
    public void Defaults_AreLoraSixteenOnQueriesAndValues()
    {
        var settings = new MethodSettings();
        settings.Validate();
        LoraConfig config = LoraConfig.FromSettings((LoraSettings)settings.EffectiveOptions, "base");
        (config.Rank, config.Alpha, config.Scale).ShouldBe((16, 32.0, 2.0));
        config.TargetModules.Names.ShouldBe(["q_proj", "v_proj"]);
    }

    [Theory]
    [InlineData("q_proj,v_proj", "model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.k_proj", "model.layers.0.self_attn.v_proj")]
    [InlineData("query,value", "bert.encoder.layer.0.attention.self.query", "bert.encoder.layer.0.attention.self.value", "bert.encoder.layer.0.output.dense")]
    [InlineData("q_lin,v_lin", "transformer.layer.0.attention.q_lin", "transformer.layer.0.attention.v_lin")]
    [InlineData("c_attn", "transformer.h.0.attn.c_attn", "transformer.h.0.mlp.c_fc")]
    [InlineData("query_key_value", "transformer.encoder.layers.0.self_attention.query_key_value")]
    public void Targets_Unset_AreTheFamilysQueriesAndValues(string expected, params string[] linears)
    {
        new LoraSettings().For(linears).TargetModules.ShouldBe(expected.Split(','));
        new LoraSettings { TargetModules = ["mine"] }.For(linears).TargetModules.ShouldBe(["mine"]);
    }

    [Fact]
    public void Targets_UnsetOnAnUnknownFamily_NameWhatThereIs() =>
        Should.Throw<InvalidInputException>(() => new LoraSettings().For(["net.0.left", "net.0.right"])).Message.ShouldContain("left, right");

    [Fact]
    public void Scale_Rslora_DividesByTheRoot() =>
        LoraConfig.FromSettings(new LoraSettings { R = 16, LoraAlpha = 8, UseRslora = true }, null).Scale.ShouldBe(2);

    public static TheoryData<MethodSettings, string> Wrong => new()
    {
        { new MethodSettings { Method = "lorra" }, "lorra" },
        { new MethodSettings { Options = new LoraSettings { R = 0 } }, "`r`" },
        { new MethodSettings { Options = new LoraSettings { LoraAlpha = 0 } }, "lora_alpha" },
        { new MethodSettings { Options = new LoraSettings { LoraDropout = 1 } }, "lora_dropout" },
        { new MethodSettings { Options = new LoraSettings { LoraDropout = double.NaN } }, "lora_dropout" },
        { new MethodSettings { Options = new LoraSettings { Bias = "some" } }, "bias" },
        { new MethodSettings { Options = new LoraSettings { TargetModules = [" "] } }, "target_modules" },
        { new MethodSettings { Method = "full", InitAdapter = "x" }, "init_adapter" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Validate_OneWrongValue_NamesIt(MethodSettings settings, string expected) =>
        Should.Throw<InvalidInputException>(settings.Validate).Message.ShouldContain(expected);
}
