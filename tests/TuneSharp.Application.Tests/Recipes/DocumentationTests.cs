using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Pretraining;
using TuneSharp.Application.Recipes;
using TuneSharp.Formats;
using TuneSharp.Peft.Lora;

namespace TuneSharp.Application.Tests.Recipes;

/// <summary>What is written about settings is what the program does.</summary>
public sealed class DocumentationTests
{
    private static readonly string? Root = FindRoot();

    [Theory]
    [InlineData("settings.md", false)]
    [InlineData("settings.zh-CN.md", true)]
    public void SettingsTable_IsUpToDate(string file, bool chinese)
    {
        if (Root is null) Assert.Skip("The test does not run inside a clone.");
        File.ReadAllText(Path.Combine(Root, "docs", file)).ShouldBe(SettingTable.Write(chinese), $"write it again: tunesharp settings --markdown{(chinese ? " --lang zh" : "")} > docs/{file}");
    }

    [Fact]
    public void EverySetting_HasBothLanguagesAndADefaultThatReadsBack()
    {
        foreach (SettingDescription setting in SettingCatalog.For<FineTuneRequest>().All.Concat(SettingCatalog.For<PretrainingRequest>().All))
        {
            setting.Setting.Description.ShouldEndWith(".", Case.Sensitive, setting.Key);
            setting.Setting.Chinese.Any(c => c > 0x2E80).ShouldBeTrue(setting.Key);
            setting.DefaultText.ShouldNotBeNullOrEmpty();
        }

        string resolved = ResolvedRecipe.Write(new FineTuneRequest());
        ResolvedRecipe.Write(RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Parse(resolved, "defaults"), []).Request).ShouldBe(resolved);
        string pretraining = ResolvedRecipe.Write(new PretrainingRequest());
        ResolvedRecipe.Write(RecipeBinder.Bind<PretrainingRequest>(RecipeYaml.Parse(pretraining, "defaults"), []).Request).ShouldBe(pretraining);
    }

    [Fact]
    public void ForeignKeys_NoneHidesASettingOfOurs()
    {
        IEnumerable<string> own = SettingCatalog.For<FineTuneRequest>().Names;
        ForeignKeys.Names.Intersect(own).ShouldBeEmpty("a key that is a setting now must leave the table of foreign keys");
    }

    [Fact]
    public void Recipes_AllBind()
    {
        if (Root is null) Assert.Skip("The test does not run inside a clone.");
        string[] recipes = Directory.GetFiles(Path.Combine(Root, "recipes"), "*.yaml");
        recipes.ShouldNotBeEmpty();
        foreach (string recipe in recipes)
        {
            if (Path.GetFileName(recipe).Contains(".pretrain.", StringComparison.Ordinal)) RecipeBinder.Bind<PretrainingRequest>(RecipeYaml.Load(recipe), []).Request.Validate();
            else RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Load(recipe), []).Request.Validate();
        }
    }

    [Fact]
    public void LlamaFactoryRecipe_IsUnderstood()
    {
        // The keys of a typical LLaMA-Factory LoRA recipe.
        FineTuneRequest request = RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Parse("""
            model_name_or_path: models/base
            stage: sft
            do_train: true
            finetuning_type: lora
            lora_rank: 8
            lora_target: all
            dataset: rows.json
            cutoff_len: 2048
            max_samples: 1000
            overwrite_cache: true
            preprocessing_num_workers: 16
            output_dir: saves/base/lora
            logging_steps: 10
            save_steps: 500
            plot_loss: true
            overwrite_output_dir: true
            report_to: none
            per_device_train_batch_size: 1
            gradient_accumulation_steps: 8
            learning_rate: 1.0e-4
            num_train_epochs: 3.0
            lr_scheduler_type: cosine
            warmup_ratio: 0.1
            bf16: true
            ddp_timeout: 180000000
            val_size: 0.1
            per_device_eval_batch_size: 1
            eval_strategy: steps
            eval_steps: 500
            """, "lf.yaml"), []).Request;
        request.Validate();
        var lora = (LoraSettings)request.Method.EffectiveOptions;
        (lora.R, request.Data.MaxLength, request.Training.WarmupSteps, request.Model.ComputeDtype).ShouldBe((8, 2048, 0.1, "bfloat16"));
        lora.TargetModules.ShouldBe(["all-linear"]);
    }

    [Fact]
    public void Validate_WrongValue_NamesTheKey() =>
        Should.Throw<InvalidInputException>(() => RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Parse("dataset: x\nlearning_rate: -1", "r.yaml"), []).Request.Validate()).Message.ShouldContain("learning_rate");

    private static string? FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "TuneSharp.slnx"))) return folder;
        return null;
    }
}
