using System.CommandLine;
using TuneSharp.Application.Comparing;
using TuneSharp.Application.Measuring;
using TuneSharp.Application.Models;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;
using TuneSharp.Inference.Sampling;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp compare MODEL --adapter A [--adapter B] --prompts FILE</c></summary>
internal static class CompareCommand
{
    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var model = new Argument<string>("MODEL") { Description = words[CompareTexts.Model] };
        var adapters = new Option<string[]>("--adapter") { Description = words[CompareTexts.Adapter], HelpName = "ADAPTER", AllowMultipleArgumentsPerToken = false };
        var prompts = new Option<string>("--prompts") { Description = words[CompareTexts.Prompts], HelpName = "FILE", Required = true };
        var system = new Option<string?>("--system") { Description = words[ChatTexts.System], HelpName = "TEXT" };
        var most = new Option<int?>("--max_samples", "--max-samples") { Description = words[CompareTexts.MaxSamples], HelpName = "N" };
        var output = new Option<string?>("--out") { Description = words[CompareTexts.Out], HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = words[EvalTexts.Json] };
        var batch = new Option<int>("--batch_size", "--batch-size") { Description = words[EvalTexts.BatchSize], HelpName = "N", DefaultValueFactory = _ => 16 };
        var threads = new Option<int?>("--threads") { Description = words[EvalTexts.Threads], HelpName = "N" };
        var command = new DocumentedCommand("compare", words[CompareTexts.Summary])
        {
            Details = [words[CompareTexts.Details]],
            Examples =
            [
                new("compare first --prompts prompts.txt", words[CompareTexts.ExampleRun]),
                new("compare models/my-model --adapter first --adapter second --prompts prompts.jsonl --out answers.html", words[CompareTexts.ExampleTwo]),
                new("compare first --prompts prompts.txt --temperature 0.8 --seed 7", words[CompareTexts.ExampleSampled]),
            ],
        };
        command.Add(model);
        foreach (Option option in (Option[])[adapters, prompts, system, most, output, json, batch, threads]) command.Add(option);
        RowReadingOptions reading = RowReadingOptions.AddTo(command, words, file: false);
        SettingOptions settings = SettingOptions.AddTo<AnswerSettings>(command, words, "max_new_tokens", "temperature", "top_k", "top_p", "repetition_penalty", "seed");
        command.SetAction((parsed, cancellation) =>
        {
            HomeFolder home = global.HomeOf(parsed, host);
            SamplingSettings sampling = RecipeBinder.Bind<AnswerSettings>(new RecipeMap([], "command line"), settings.Read<AnswerSettings>(parsed)).Request.Sampling;
            sampling.Validate();
            OutputFile.RefuseExisting(parsed.GetValue(output));
            ModelReference reference = ModelReference.Resolve(home, parsed.GetValue(model)!, null);
            List<AdapterReference> compared = Adapters(home, reference, parsed.GetValue(adapters) ?? []);
            var request = new ComparisonRequest(BaseOf(reference), compared, parsed.GetValue(prompts)!, ComparisonPrompts.Read(reading.Read(parsed, parsed.GetValue(prompts)!), parsed.GetValue(most)), sampling,
                parsed.GetValue(system) ?? TrainedForm.Of(reference)?.Data.System, EvalCommand.AtLeastOne("batch_size", parsed.GetValue(batch)), parsed.GetValue(threads));
            Comparison comparison = new CompareModels(host.Clock).Execute(request, Progress(host), cancellation);
            if (parsed.GetValue(output) is { } path) comparison.Write(path, host.ReportLanguage, host.Clock.GetLocalNow());
            if (parsed.GetValue(json)) host.Terminal.Out.Write(comparison.ToJson());
            else new ComparisonTable(host).Write(comparison);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    // A run is compared with the base that it was trained from, under the base's own name.
    private static ModelReference BaseOf(ModelReference reference) => reference.Adapter is null ? reference : new ModelReference(Path.GetFileName(Path.TrimEndingDirectorySeparator(reference.Folder)), reference.Folder, null);

    private static List<AdapterReference> Adapters(HomeFolder home, ModelReference reference, IReadOnlyList<string> given)
    {
        AdapterReference[] adapters = [.. reference.Adapters.Select(own => own with { Name = reference.Name }), .. given.Select(word => AdapterReference.Resolve(home, word)).Select(adapter => adapter with { Name = NameOf(adapter) })];
        // Two columns must not have one name.
        return [.. adapters.Select((adapter, i) => adapters.Take(i).Any(earlier => earlier.Name == adapter.Name) ? adapter with { Name = $"{adapter.Name} ({i + 1})" } : adapter)];
    }

    private static string NameOf(AdapterReference adapter) => adapter.Scale == 1 ? adapter.Name : FormattableString.Invariant($"{adapter.Scale} {adapter.Name}");

    private static Action<string, int, int>? Progress(CommandHost host)
    {
        if (!host.Terminal.IsScreen) return null;
        string? current = null;
        Action<int, int>? show = null;
        return (name, done, all) =>
        {
            if (name != current) (current, show) = (name, EvalCommand.Progress(host, name));
            show!(done, all);
        };
    }
}
