using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Targets;

namespace TuneSharp.Peft.Tests.Lora;

public class LoraConfigTests
{
    private static CheckedFields Json(string extra = "") => Fields(JsonNode.Parse($$"""{"peft_type": "LORA", {{(extra.Contains("\"r\"") ? "" : "\"r\": 4,")}} "lora_alpha": 8, "target_modules": ["q_proj"]{{extra}}}""")!.AsObject());

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
    [InlineData(""", "target_parameters": ["x"]""", "target_parameters")]
    [InlineData(""", "layer_replication": [[0, 2]]""", "layer_replication")]
    [InlineData(""", "kasa_config": {"beta": 1}""", "kasa_config")]
    [InlineData(""", "init_lora_weights": "eva" """, "eva")]
    [InlineData(""", "init_lora_weights": "pissa_niter_x" """, "pissa_niter_x")]
    [InlineData(""", "rank_pattern": {"q_proj": 0}""", "`q_proj`")]
    [InlineData(""", "rank_pattern": {"q_proj": 2.5}""", "2.5")]
    [InlineData(""", "alpha_pattern": {"q_proj": -1}""", "-1")]
    [InlineData(""", "alpha_pattern": {"(": 1}""", "regular expression")]
    [InlineData(""", "layers_to_transform": ["x"]""", "layers_to_transform")]
    [InlineData(""", "layers_pattern": "layers" """, "layers_pattern")]
    [InlineData(""", "use_dora": true, "lora_bias": true""", "lora_bias")]
    [InlineData(""", "use_dora": true, "init_lora_weights": "pissa" """, "use_dora")]
    [InlineData(""", "lora_bias": true, "init_lora_weights": "olora" """, "olora")]
    [InlineData(""", "r": 3, "init_lora_weights": "orthogonal" """, "even")]
    [InlineData(""", "trainable_token_indices": "all" """, "trainable_token_indices")]
    [InlineData(""", "trainable_token_indices": [4, 4]""", "4")]
    [InlineData(""", "modules_to_save": "lm_head" """, "modules_to_save")]
    [InlineData(""", "something_new": 3""", "something_new")]
    [InlineData(""", "task_type": "SEQ_2_SEQ_LM" """, "SEQ_2_SEQ_LM")]
    [InlineData(""", "bias": "most" """, "most")]
    [InlineData(""", "use_rslora": "yes" """, "use_rslora")]
    [InlineData(""", "lora_dropout": 1.5""", "lora_dropout")]
    public void FromJson_WhatIsNotHonoured_IsRefusedByName(string extra, string named) =>
        Should.Throw<InvalidInputException>(() => LoraConfig.FromJson(Json(extra))).Message.ShouldContain(named);

    [Fact]
    public void ToJson_EveryKey_ReadAgain_IsTheSame()
    {
        JsonObject json = LoraConfig.FromJson(Json("""
            , "rank_pattern": {"q_proj": 2}, "alpha_pattern": {"q_proj": 2.5}, "modules_to_save": ["lm_head"], "layers_to_transform": 0, "layers_pattern": ["layers"], "exclude_modules": ["x"],
            "use_dora": true, "init_lora_weights": "gaussian", "trainable_token_indices": {"embed_tokens": [1, 5]}, "ensure_weight_tying": true, "fan_in_fan_out": true, "task_type": "SEQ_CLS"
            """)).ToJson();
        JsonNode.DeepEquals(LoraConfig.FromJson(Fields(json)).ToJson(), json).ShouldBeTrue();
        foreach (string key in (string[])["rank_pattern", "alpha_pattern", "modules_to_save", "layers_to_transform", "layers_pattern", "exclude_modules", "use_dora", "trainable_token_indices"])
            json[key].ShouldNotBeNull(key);
    }

    [Fact]
    public void ToSettings_MakesTheSameConfig()
    {
        LoraConfig config = LoraConfig.FromJson(Json(""", "rank_pattern": {"v": 3, "q": 2}, "layers_to_transform": [1], "layers_pattern": "layers", "modules_to_save": ["norm"], "init_lora_weights": "pissa_niter_4", "bias": "all" """));
        JsonNode.DeepEquals(LoraConfig.FromSettings(config.ToSettings(), null, null).ToJson(), config.ToJson()).ShouldBeTrue();
    }

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
