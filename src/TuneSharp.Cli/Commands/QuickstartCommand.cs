using System.CommandLine;
using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Measuring;
using TuneSharp.Application.Models;
using TuneSharp.Application.Quickstart;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp quickstart</c>: measure, fine-tune, measure again, show.</summary>
internal static class QuickstartCommand
{
    private const int NumShown = 3;

    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var command = new DocumentedCommand("quickstart", words[QuickstartTexts.Summary])
        {
            Details = [words[QuickstartTexts.Details]],
            UsageEnd = "[--key value …]",
            Examples = [new("quickstart", words[QuickstartTexts.Example])],
        };
        SettingOptions settings = SettingOptions.AddTo<FineTuneRequest>(command, words, "num_train_epochs", "max_steps", "seed", "run_name", "threads");
        command.SetAction((parsed, cancellation) => RunAsync(host, global.HomeOf(parsed, host), settings.Read<FineTuneRequest>(parsed), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CommandHost host, HomeFolder home, IReadOnlyList<RecipeEntry> overrides, CancellationToken cancellation)
    {
        QuickstartPlan plan = QuickstartPlan.Make(AppContext.BaseDirectory, overrides);
        long start = host.Clock.GetTimestamp();
        host.Line(QuickstartTexts.Measuring, plan.Base.Name);
        EvaluationResult before = Measure(host, plan, plan.Base with { Name = host.Words[QuickstartTexts.Before] }, cancellation);

        host.Line(QuickstartTexts.Training);
        RunFolder run = new StartFineTune(home, host.Clock).Execute(plan.Bound, plan.Recipe, new PreparationLines(host).Report);
        int code = await new RunLauncher(host).StartAsync(run, detach: false, cancellation);
        if (code != ExitCode.Success || RunStatus.Read(run).State != RunState.Finished) return code;

        ModelReference tuned = ModelReference.Resolve(home, run.Path, null);
        EvaluationResult after = Measure(host, plan, tuned with { Name = host.Words[QuickstartTexts.After] }, cancellation);
        EvalCommand.Keep(host, run, EvaluationFile.Of([before, after], plan.Evaluation, host.Clock.GetUtcNow()));
        Tell(host, run, before, after, host.Clock.GetElapsedTime(start));
        return ExitCode.Success;
    }

    private static EvaluationResult Measure(CommandHost host, QuickstartPlan plan, ModelReference reference, CancellationToken cancellation) =>
        new EvaluateModels(host.Clock).Execute(reference, plan.Evaluation, EvalCommand.Progress(host, reference.Name), cancellation);

    private static void Tell(CommandHost host, RunFolder run, EvaluationResult before, EvaluationResult after, TimeSpan time)
    {
        host.Terminal.Out.WriteLine();
        host.Line(QuickstartTexts.Table, before.Rows);
        var table = new EvaluationTable(host);
        table.Write([before, after]);
        table.WriteAnswers([before, after], Enumerable.Range(0, Math.Min(NumShown, before.Answers.Count)));
        host.Terminal.Out.WriteLine();
        host.Line(QuickstartTexts.Done, EventSentences.Duration(time), run.Path);
        host.Line(RunTexts.Report, run.Report);
        host.Line(QuickstartTexts.Next, run.Id);
    }
}
