using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Recipes;
using TuneSharp.Data;
using TuneSharp.Data.Packing;
using TuneSharp.Formats;
using TuneSharp.Training.Settings;

namespace TuneSharp.Application.Tests.Recipes;

public sealed class RecipeBinderTests
{
    [Fact]
    public void Bind_EveryType_IsReadByTheTypeOfItsSetting()
    {
        ExampleRequest request = Bind("""
            lr: 1e-3            # an alias
            max_steps: 12
            seed: 9007199254740993
            patience: 3
            alpha: null
            flag: yes
            name: no            # a text here
            path: "C: x # not a comment"
            fruit: red-currant
            target_modules: [k_proj, "o_proj"]
            kwargs: {num_cycles: 0.5, word: x, quoted: "1", list: [1, true, null]}
            logit_bias: {12: -1.5, 13: 2}
            """);
        request.First.ShouldBe(new FirstPart { LearningRate = 1e-3, MaxSteps = 12, Seed = 9007199254740993, Patience = 3, Alpha = null, Flag = true });
        request.Second.Name.ShouldBe("no");
        request.Second.Path.ShouldBe("C: x # not a comment");
        request.Second.Fruit.ShouldBe(Fruit.RedCurrant);
        request.Second.TargetModules.ShouldBe(["k_proj", "o_proj"]);
        request.Second.Kwargs!.ToJsonString().ShouldBe("""{"num_cycles":0.5,"word":"x","quoted":"1","list":[1,true,null]}""");
        request.Second.LogitBias.ShouldBe(new Dictionary<int, double> { [12] = -1.5, [13] = 2 });
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    public void Bind_NothingGiven_IsTheDefaults(string yaml) => Bind(yaml).First.ShouldBe(new FirstPart());

    [Fact]
    public void Bind_CommandLineWinsOverTheFile()
    {
        RecipeEntry[] overrides = [Override("max_steps", "5"), Override("lora_target", "a,b"), Override("kwargs", "{power: 2}"), Override("name", "[x]")];
        ExampleRequest request = RecipeBinder.Bind<ExampleRequest>(RecipeYaml.Parse("max_steps: 12\nlr: 0.5\ntarget_modules: x", "r.yaml"), overrides).Request;
        request.First.MaxSteps.ShouldBe(5);
        request.First.LearningRate.ShouldBe(0.5);
        request.Second.TargetModules.ShouldBe(["a", "b"]);
        request.Second.Kwargs!.ToJsonString().ShouldBe("""{"power":2}""");
        request.Second.Name.ShouldBe("[x]", "a text is never taken for a list");
    }

    [Theory]
    [InlineData("learning_rat: 1", "r.yaml, line 1, column 1", "Did you mean `learning_rate`?")]
    [InlineData("seed: 1\nMAX_STEP: 1", "line 2, column 1", "Did you mean `max_steps`?")]
    [InlineData("completely_unrelated_thing: 1", "`completely_unrelated_thing`", "tunesharp settings")]
    [InlineData("seed: 1\nseed: 2", "line 2, column 1", "first in line 1")]
    [InlineData("lr: 1\nlearning_rate: 2", "`learning_rate` and `lr`", "line 2")]
    [InlineData("max_steps: many", "`max_steps` must be a whole number; this is `many`.", "line 1, column 12")]
    [InlineData("max_steps: 1.5", "whole number", "For example `max_steps: 10`.")]
    [InlineData("max_steps: 99999999999", "whole number", "line 1")]
    [InlineData("max_steps:", "needs a value", "default, -1")]
    [InlineData("lr: .nan", "must be a number", "line 1")]
    [InlineData("lr: 1e999", "must be a number", "line 1")]
    [InlineData("lr: [1]", "must be a single value", "a list of 1")]
    [InlineData("flag: maybe", "true or false", "`maybe`")]
    [InlineData("fruit: pear", "apple, red_currant", "`pear`")]
    [InlineData("name: null", "needs a value", "line 1")]
    [InlineData("target_modules: {a: 1}", "must be a list", "For example")]
    [InlineData("kwargs: 3", "group of keys", "`3`")]
    [InlineData("logit_bias: {a: 1}", "`logit_bias`", "line 1")]
    [InlineData("a: &x 1\nb: *x", "Anchors", "line 1, column 4")]
    [InlineData("a: !!python/object:os.system x", "Tags", "line 1, column 4")]
    [InlineData("a: 1\n---\nb: 2", "second one", "line 2")]
    [InlineData("- a\n- b", "key: value", "a list of 2")]
    [InlineData("just words", "key: value", "just words")]
    [InlineData("a: [1, 2", "not valid YAML", "r.yaml, line")]
    [InlineData("seed: 1\n\tlr: 2", "not valid YAML", "a tab")]
    [InlineData("kwargs: {a: {a: {a: {a: {a: {a: {a: {a: {a: 1}}}}}}}}}", "nested deeper than 8", "line 1")]
    [InlineData("use_galore: true", "known option that is not supported yet", "AdamW")]
    [InlineData("trust_remote_code: true", "refused", "never run")]
    [InlineData("report_to: wandb", "not supported yet", "events.jsonl")]
    [InlineData("packing: true\nneat_packing: false", "see each other", "line 1")]
    [InlineData("eval_strategy: steps", "needs `eval_steps`", "line 1")]
    [InlineData("eval_strategy: sometimes", "not supported", "no, steps or epoch")]
    [InlineData("eval_strategy: no\neval_steps: 5", "contradict", "line 1")]
    public void Bind_Wrong_OneSentenceWithPlaceAndRemedy(string yaml, string first, string second)
    {
        string message = Should.Throw<InvalidInputException>(() => Bind(yaml)).Message;
        message.ShouldContain(first);
        message.ShouldContain(second);
        message.ShouldNotContain("\n");
        message.ShouldNotContain("Exception");
    }

    [Theory]
    [InlineData("use_galore: false\ntrust_remote_code: false\nreport_to: none\nstage: sft\ndo_train: true\npacking: false\ncompletion_only_loss: true")]
    [InlineData("eval_strategy: steps\neval_steps: 5")]
    [InlineData("bf16: false\nfp16: null")]
    public void Bind_OtherProgramsKeysThatChangeNothing_AreAcceptedSilently(string yaml) =>
        RecipeBinder.Bind<ExampleRequest>(RecipeYaml.Parse(yaml, "r.yaml"), []).Notices.ShouldBeEmpty();

    [Fact]
    public void Bind_OtherProgramsKeysWithTheSameMeaning_AreTranslated()
    {
        Bind("bf16: true").Second.ComputeDtype.ShouldBe("bfloat16");
        Bind("pure_bf16: true").Second.WeightsDtype.ShouldBe("bfloat16");
        Bind("lora_target: all").Second.TargetModules.ShouldBe(["all-linear"]);
        Bind("eval_strategy: epoch").Second.EvalSteps.ShouldBeNull();
        Bind("eval_strategy: no").Second.EvalSteps.ShouldBe(0);
    }

    [Theory]
    [InlineData("packing: true", PackingStrategy.Bfd)]
    [InlineData("packing: true\npacking_strategy: wrapped", PackingStrategy.Wrapped)]
    [InlineData("packing_strategy: wrapped", PackingStrategy.None)]
    [InlineData("packing: false\npacking_strategy: bfd", PackingStrategy.None)]
    [InlineData("packing: bfd_split", PackingStrategy.BfdSplit)]
    [InlineData("packing: none", PackingStrategy.None)]
    [InlineData("neat_packing: true", PackingStrategy.Knapsack)]
    [InlineData("packing: true\nneat_packing: true", PackingStrategy.Knapsack)]
    [InlineData("neat_packing: false", PackingStrategy.None)]
    public void Bind_Packing_AsTrlAndLlamaFactoryWriteIt(string yaml, PackingStrategy expected) =>
        RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Parse(yaml, "r.yaml"), []).Request.Data.Packing.ShouldBe(expected);

    [Theory]
    [InlineData("packing: bfd\nneat_packing: true", "set the same thing")]
    [InlineData("packing: bfd\npacking_strategy: wrapped", "set the same thing")]
    [InlineData("truncation_mode: middle", "keep_start or keep_end")]
    public void Bind_PackingTwice_IsRefused(string yaml, string says) =>
        Should.Throw<InvalidInputException>(() => RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Parse(yaml, "r.yaml"), [])).Message.ShouldContain(says);

    [Fact]
    public void Bind_KeysOfTrainerAndTrl_BecomeOurs()
    {
        FineTuneRequest request = RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Parse("group_by_length: true\ntruncation_mode: keep_end\ncompletion_only_loss: false\nlabel_smoothing_factor: 0.1", "r.yaml"), []).Request;
        request.Training.TrainSamplingStrategy.ShouldBe(TrainSamplingStrategy.GroupByLength);
        request.Data.OverlongRows.ShouldBe(OverlongRows.TruncateStart);
        request.Data.TrainOnPrompt.ShouldBeTrue();
        request.Training.LabelSmoothingFactor.ShouldBe(0.1);
    }

    [Fact]
    public void Bind_KeysWithoutEffect_AreSaidOnce()
    {
        IReadOnlyList<string> notices = RecipeBinder.Bind<ExampleRequest>(RecipeYaml.Parse("flash_attn: fa3\nfp16: true", "r.yaml"), []).Notices;
        notices.Count.ShouldBe(2);
        notices[0].ShouldContain("`flash_attn` has no effect here");
        notices[1].ShouldContain("bf16");
    }

    [Fact]
    public void Load_MissingFile_NamesTheNearest()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        File.WriteAllText(Path.Combine(folder, "lora.yaml"), "");
        Should.Throw<InvalidInputException>(() => RecipeYaml.Load(Path.Combine(folder, "lroa.yaml"))).Message.ShouldContain("'lora.yaml'");
        Should.Throw<InvalidInputException>(() => RecipeYaml.Load(folder)).Message.ShouldContain("folder");
        File.WriteAllText(Path.Combine(folder, "big.yaml"), new string('#', (1 << 20) + 1));
        Should.Throw<InvalidInputException>(() => RecipeYaml.Load(Path.Combine(folder, "big.yaml"))).Message.ShouldContain("limit");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void ResolvedRecipe_ReadAgain_IsTheSameRequest()
    {
        ExampleRequest request = Bind("lr: 0.1\nseed: 9007199254740993\nname: \"a \\\"b\\\" \\\\ \\n 世界 \\u2028 # :\"\nfruit: red_currant\ntarget_modules: ['x,y', 'null', '.*\\d']\nkwargs: {a: 0.5}\nlogit_bias: {3: 0.1}\nalpha: ~\npath: 'null'");
        string text = ResolvedRecipe.Write(request, "A heading.");
        ExampleRequest again = Bind(text);
        again.First.ShouldBe(request.First);
        again.Second.Name.ShouldBe(request.Second.Name);
        again.Second.Fruit.ShouldBe(request.Second.Fruit);
        again.Second.Path.ShouldBe("null");
        again.Second.TargetModules.ShouldBe(request.Second.TargetModules);
        again.Second.Kwargs!.ToJsonString().ShouldBe(request.Second.Kwargs!.ToJsonString());
        again.Second.LogitBias.ShouldBe(request.Second.LogitBias);
        ResolvedRecipe.Write(again, "A heading.").ShouldBe(text);
        text.ShouldStartWith("# A heading.\n\n# ---- first ----\n\n# The rate. Unit: 1. Default: 0.0003.\nlearning_rate: 0.1\n");
    }

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("same", "same", 0)]
    public void Distance_IsOptimalStringAlignment(string a, string b, int expected) => NearestName.Distance(a, b).ShouldBe(expected);

    private static ExampleRequest Bind(string yaml) => RecipeBinder.Bind<ExampleRequest>(RecipeYaml.Parse(yaml, "r.yaml"), []).Request;

    private static RecipeEntry Override(string key, string value) => new(key, new RecipeScalar(value, Quoted: false, "--" + key), "--" + key);
}
