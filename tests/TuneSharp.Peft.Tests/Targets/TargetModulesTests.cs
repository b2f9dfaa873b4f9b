using TuneSharp.Formats;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.Tests.Targets;

public class TargetModulesTests
{
    private static readonly string[] Linears =
    [
        "model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.o_proj", "model.layers.0.mlp.up_proj",
        "model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.o_proj", "model.layers.1.mlp.up_proj",
        "model.layers.10.self_attn.my_q_proj", "lm_head",
    ];

    [Fact]
    public void Resolve_Name_MatchesWholeSegmentsOnly() =>
        TargetModules.List("q_proj").Resolve(Linears, "lm_head").ShouldBe(["model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj"]);

    [Fact]
    public void Resolve_SeveralSegments_Match() =>
        TargetModules.List("0.self_attn.q_proj", "mlp.up_proj").Resolve(Linears, "lm_head")
            .ShouldBe(["model.layers.0.self_attn.q_proj", "model.layers.0.mlp.up_proj", "model.layers.1.mlp.up_proj"]);

    [Fact]
    public void Resolve_Pattern_MustFitTheWholeName()
    {
        TargetModules.Matching(@".*layers\.\d+\.(self_attn\.o_proj|mlp\.up_proj)").Resolve(Linears, "lm_head").Count.ShouldBe(4);
        Should.Throw<InvalidInputException>(() => TargetModules.Matching("q_proj").Resolve(Linears, "lm_head"));
        // An alternative must not slip past the anchors.
        TargetModules.Matching("lm_head|model").Resolve(Linears, null).ShouldBe(["lm_head"]);
    }

    [Fact]
    public void Resolve_PythonNamedGroup_IsUnderstood() =>
        TargetModules.Matching(@".*(?P<which>o_proj|up_proj)").Resolve(Linears, "lm_head").Count.ShouldBe(4);

    [Fact]
    public void Resolve_AllLinear_LeavesOutTheHead() => TargetModules.Matching("All-Linear").Resolve(Linears, "lm_head").ShouldBe(Linears[..^1]);

    [Fact]
    public void Resolve_OneEntryWithoutMatch_IsRefusedAndListsWhatThereIs()
    {
        InvalidInputException e = Should.Throw<InvalidInputException>(() => TargetModules.List("q_proj", "qproj").Resolve(Linears, "lm_head"));
        e.Message.ShouldContain("`qproj`");
        e.Message.ShouldContain("up_proj");
    }

    [Fact]
    public void FromSetting_SingleEntry_TellsNamesFromPatterns()
    {
        TargetModules.FromSetting(["q_proj"]).Names.ShouldBe(["q_proj"]);
        TargetModules.FromSetting([@".*\.q_proj"]).Pattern.ShouldBe(@".*\.q_proj");
        TargetModules.FromSetting(["all-linear"]).IsAllLinear.ShouldBeTrue();
        Should.Throw<InvalidInputException>(() => TargetModules.FromSetting([]));
        Should.Throw<InvalidInputException>(() => TargetModules.FromSetting(["(q_proj"])).Message.ShouldContain("regular expression");
    }

    [Fact]
    public void Resolve_PatternThatNeverEnds_IsRefusedWithinTwoSeconds() =>
        Should.Throw<InvalidInputException>(() => TargetModules.Matching("(a+)+b").Resolve([new string('a', 40)], null)).Message.ShouldContain("second");
}
