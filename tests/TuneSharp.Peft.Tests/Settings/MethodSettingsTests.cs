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
        { new MethodSettings { Options = new LoraSettings { TargetModules = [] } }, "target_modules" },
        { new MethodSettings { Method = "full", InitAdapter = "x" }, "init_adapter" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Validate_OneWrongValue_NamesIt(MethodSettings settings, string expected) =>
        Should.Throw<InvalidInputException>(settings.Validate).Message.ShouldContain(expected);
}
