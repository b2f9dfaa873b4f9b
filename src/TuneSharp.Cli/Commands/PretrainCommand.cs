using System.CommandLine;
using TuneSharp.Application.Pretraining;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp pretrain RECIPE [--key value …]</c></summary>
internal static class PretrainCommand
{
    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var recipe = new Argument<string>("RECIPE") { Description = words[TrainTexts.Recipe] };
        var detach = new Option<bool>("--detach") { Description = words[TrainTexts.Detach] };
        var command = new DocumentedCommand("pretrain", words[TrainTexts.PretrainSummary])
        {
            Details = [words[TrainTexts.PretrainDetails], words[TrainTexts.Safety]],
            UsageEnd = "[--key value …]",
            Examples = [new("pretrain recipes/tunesharp-mini.pretrain.yaml", words[TrainTexts.ExamplePretrain]), new("pretrain my.yaml --max_steps 50", words[TrainTexts.ExamplePretrainShort])],
        };
        command.Add(recipe);
        SettingOptions settings = SettingOptions.AddTo<PretrainingRequest>(command, words, "model_config", "tokenizer", "dataset", "block_size", "learning_rate", "num_train_epochs", "max_steps",
            "per_device_train_batch_size", "seed", "run_name", "threads", "weights_dtype");
        command.Add(detach);
        command.SetAction(async (parsed, cancellation) =>
        {
            string path = parsed.GetValue(recipe)!;
            IReadOnlyList<RecipeEntry> overrides = settings.Read<PretrainingRequest>(parsed, path.StartsWith("--", StringComparison.Ordinal) ? path : null);
            BoundRecipe<PretrainingRequest> bound = RecipeBinder.Bind<PretrainingRequest>(RecipeYaml.Load(path), overrides);
            foreach (string notice in bound.Notices) host.Line(CommonTexts.Note, notice);
            RunFolder run = new StartPretraining(global.HomeOf(parsed, host), host.Clock).Execute(bound, path);
            return await new RunLauncher(host).StartAsync(run, parsed.GetValue(detach), cancellation);
        });
        return command;
    }
}
