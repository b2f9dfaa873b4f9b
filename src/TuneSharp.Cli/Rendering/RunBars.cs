using Spectre.Console;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Texts;
using TuneSharp.Training.Loop;

namespace TuneSharp.Cli.Rendering;

/// <summary>A bar for a screen: steps, loss, tokens a second, remaining time; whatever else happens is a line above it.</summary>
internal sealed class RunBars(CommandHost host)
{
    private readonly EventSentences _sentences = new(host.Words);

    public async Task ShowAsync(IAsyncEnumerable<RunEvent> events)
    {
        await using IAsyncEnumerator<RunEvent> each = events.GetAsyncEnumerator();

        // Lines until the first step, then the bar: before that there is nothing to measure.
        while (await each.MoveNextAsync())
        {
            if (each.Current.Body is StepCompleted first)
            {
                await ShowBarAsync(each, first);
                return;
            }

            WriteLine(each.Current.Body);
        }
    }

    private Task ShowBarAsync(IAsyncEnumerator<RunEvent> each, StepCompleted first)
    {
        var texts = new TaskDescriptionColumn { Alignment = Justify.Left };
        return host.Terminal.Console.Progress().AutoClear(false).HideCompleted(false)
            .Columns(new ProgressBarColumn { Width = 30 }, new PercentageColumn(), texts)
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask(Describe(first), maxValue: first.TotalSteps);
                bar.Value = first.Step;
                while (await each.MoveNextAsync())
                {
                    if (each.Current.Body is StepCompleted step)
                    {
                        bar.Description = Describe(step);
                        bar.Value = step.Step;
                        context.Refresh();
                    }
                    else
                    {
                        WriteLine(each.Current.Body);
                    }
                }

                bar.StopTask();
            });
    }

    private string Describe(StepCompleted step) =>
        Markup.Escape(host.Words.Say(RunTexts.Bar, step.Step, step.TotalSteps, step.Loss, step.TokensPerSecond, _sentences.Remaining(step.Remaining)));

    private void WriteLine(object body)
    {
        if (body is CheckpointSaved) return; // said by the bar's end; too many lines for a screen
        if (_sentences.Of(body) is { } line) host.Terminal.Console.WriteLine(line);
    }
}
