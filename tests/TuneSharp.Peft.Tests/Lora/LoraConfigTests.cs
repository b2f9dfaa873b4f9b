using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.Tests.Lora;

public class LoraConfigTests
{
    private static CheckedFields Json(string extra = "") => Fields(JsonNode.Parse($$"""{"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj"]{{extra}}}""")!.AsObject());

    private static CheckedFields Fields(JsonObject json) => new(json, "here");

    [Fact]
    public void FromJson_SmallestFile_HasPeftsDefaults()
    {
        LoraConfig config = LoraConfig.FromJson(Fields(JsonNode.Parse("""{"peft_type":"LORA","target_modules":["q_proj","v_proj"]}""")!.AsObject()));
        (config.Rank, config.Alpha, config.Dropout, config.Bias).ShouldBe((8, 8, 0, LoraBias.None));
    }

    [Fact]
    public void ToJson_ReadAgain_IsTheSame()
    {
        var config = new LoraConfig { Rank = 3, Alpha = 4.5, Dropout = 0.25, Bias = LoraBias.LoraOnly, UseRslora = true, TargetModules = TargetModules.Matching(".*q"), BaseModel = "b" };
        JsonObject json = config.ToJson();
        JsonNode.DeepEquals(LoraConfig.FromJson(Fields(json)).ToJson(), json).ShouldBeTrue();
        json.Select(pair => pair.Key).ShouldBeInOrder();
        json.Count.ShouldBe(41);
    }

    [Theory]
    [InlineData(""", "use_dora": true""", "use_dora")]
    [InlineData(""", "rank_pattern": {"q_proj": 2}""", "rank_pattern")]
    [InlineData(""", "alpha_pattern": {"q_proj": 2}""", "alpha_pattern")]
    [InlineData(""", "modules_to_save": ["lm_head"]""", "modules_to_save")]
    [InlineData(""", "layers_to_transform": [0]""", "layers_to_transform")]
    [InlineData(""", "exclude_modules": "x" """, "exclude_modules")]
    [InlineData(""", "lora_bias": true""", "lora_bias")]
    [InlineData(""", "fan_in_fan_out": true""", "fan_in_fan_out")]
    [InlineData(""", "init_lora_weights": "pissa_niter_16" """, "pissa")]
    [InlineData(""", "something_new": 3""", "something_new")]
    [InlineData(""", "task_type": "SEQ_CLS" """, "SEQ_CLS")]
    [InlineData(""", "bias": "most" """, "most")]
    [InlineData(""", "use_rslora": "yes" """, "use_rslora")]
    [InlineData(""", "lora_dropout": 1.5""", "lora_dropout")]
    public void FromJson_WhatIsNotHonoured_IsRefusedByName(string extra, string named) =>
        Should.Throw<InvalidInputException>(() => LoraConfig.FromJson(Json(extra))).Message.ShouldContain(named);

    [Theory]
    [InlineData(""", "something_new": null""")]
    [InlineData(""", "something_new": false""")]
    [InlineData(""", "something_new": []""")]
    [InlineData(""", "init_lora_weights": "gaussian" """)]
    public void FromJson_WhatIsSwitchedOff_Passes(string extra) => LoraConfig.FromJson(Json(extra)).Rank.ShouldBe(4);

    [Fact]
    public void FromJson_OtherMethod_IsRefused() =>
        Should.Throw<InvalidInputException>(() => LoraConfig.FromJson(Fields(JsonNode.Parse("""{"peft_type": "IA3"}""")!.AsObject()))).Message.ShouldContain("IA3");

    [Theory]
    [InlineData("0")]
    [InlineData("\"4\"")]
    [InlineData("1e9")]
    [InlineData("4.5")]
    public void FromJson_BadRank_IsRefused(string rank)
    {
        CheckedFields fields = Json();
        fields.Json["r"] = JsonNode.Parse(rank);
        Should.Throw<InvalidInputException>(() => LoraConfig.FromJson(fields)).Message.ShouldContain("r");
    }
}
