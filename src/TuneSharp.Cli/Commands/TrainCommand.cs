using System.CommandLine;
using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp train [RECIPE] [--key value …]</c></summary>
internal static class TrainCommand
{
    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var recipe = new Argument<string?>("RECIPE") { Description = words[TrainTexts.Recipe], Arity = ArgumentArity.ZeroOrOne };
        var detach = new Option<bool>("--detach") { Description = words[TrainTexts.Detach] };
        var command = new DocumentedCommand("train", words[TrainTexts.Summary])
        {
            Details = [words[TrainTexts.What], words[TrainTexts.Keys], words[TrainTexts.Safety]],
            UsageEnd = "[--key value …]",
            Examples =
            [
                new("train recipes/summary.lora.yaml", words[TrainTexts.ExampleRecipe]),
                new("train recipes/summary.lora.yaml --learning_rate 1e-4 --num_train_epochs 5", words[TrainTexts.ExampleOverride]),
                new("train --model models/my-model --data rows.jsonl --method lora --run_name first", words[TrainTexts.ExampleNoRecipe]),
                new("train --model models/my-model --data more.jsonl --init_adapter runs/first/adapter", words[TrainTexts.ExampleInitAdapter]),
            ],
        };
        command.Add(recipe);
        SettingOptions settings = SettingOptions.AddTo<FineTuneRequest>(command, words, "model_name_or_path", "dataset", "validation_file", "method", "init_adapter", "r", "target_modules",
            "learning_rate", "num_train_epochs", "max_steps", "per_device_train_batch_size", "gradient_accumulation_steps", "max_length", "val_size", "seed", "run_name", "threads");
        command.Add(detach);
        command.SetAction(async (parsed, cancellation) =>
        {
            string? path = parsed.GetValue(recipe);
            bool isKey = path?.StartsWith("--", StringComparison.Ordinal) == true;
            IReadOnlyList<RecipeEntry> overrides = settings.Read<FineTuneRequest>(parsed, isKey ? path : null);
            if (isKey) path = null;
            RecipeMap map = path is null ? new RecipeMap([], "command line") : RecipeYaml.Load(path);
            BoundRecipe<FineTuneRequest> bound = RecipeBinder.Bind<FineTuneRequest>(map, overrides);
            HomeFolder home = global.HomeOf(parsed, host);
            foreach (string notice in bound.Notices) host.Line(CommonTexts.Note, notice);
            RunFolder run = new StartFineTune(home, host.Clock).Execute(bound, path, new PreparationLines(host).Report);
            return await new RunLauncher(host).StartAsync(run, detach: parsed.GetValue(detach), cancellation);
        });
        return command;
    }
}
