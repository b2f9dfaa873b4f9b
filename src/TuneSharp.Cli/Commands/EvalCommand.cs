using System.CommandLine;
using TuneSharp.Application.Measuring;
using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;
using TuneSharp.Data;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp eval MODEL|RUN … --data FILE [--adapter A]</c></summary>
internal static class EvalCommand
{
    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var models = new Argument<string[]>("MODEL") { Description = words[EvalTexts.Models], Arity = ArgumentArity.OneOrMore };
        var data = new Option<string>("--data") { Description = words[EvalTexts.Data], HelpName = "FILE", Required = true };
        var adapter = new Option<string?>("--adapter") { Description = words[EvalTexts.Adapter], HelpName = "ADAPTER" };
        var format = new Option<string>("--format") { Description = words[DataTexts.Format], HelpName = "FORMAT", DefaultValueFactory = _ => "auto" };
        var system = new Option<string?>("--system") { Description = words[DataTexts.System], HelpName = "TEXT" };
        var longest = new Option<int>("--max_new_tokens", "--max-new-tokens") { Description = words[EvalTexts.MaxNewTokens], HelpName = "N", DefaultValueFactory = _ => 128 };
        var most = new Option<int?>("--max_samples", "--max-samples") { Description = words[EvalTexts.MaxSamples], HelpName = "N" };
        var lossOnly = new Option<bool>("--loss_only", "--loss-only") { Description = words[EvalTexts.LossOnly] };
        var show = new Option<int>("--show") { Description = words[EvalTexts.Show], HelpName = "N" };
        var threads = new Option<int?>("--threads") { Description = words[EvalTexts.Threads], HelpName = "N" };
        var command = new DocumentedCommand("eval", words[EvalTexts.Summary])
        {
            Details = [words[EvalTexts.Details]],
            Examples = [new("eval models/my-model first --data test.jsonl", words[EvalTexts.ExampleRun]), new("eval models/my-model --adapter runs/first/adapter --data test.jsonl --show 3", words[EvalTexts.ExampleAdapter])],
        };
        command.Add(models);
        foreach (Option option in (Option[])[data, adapter, format, system, longest, most, lossOnly, show, threads]) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            HomeFolder home = global.HomeOf(parsed, host);
            var settings = new DataSettings { Dataset = parsed.GetValue(data), Format = parsed.GetValue(format)!, System = parsed.GetValue(system), MaxSamples = parsed.GetValue(most), OverlongRows = OverlongRows.Drop };
            settings.Validate();
            var request = new EvaluationRequest(settings, parsed.GetValue(longest), Generate: !parsed.GetValue(lossOnly), Threads: parsed.GetValue(threads));
            ModelReference[] references = [.. parsed.GetValue(models)!.Select(name => ModelReference.Resolve(home, name, parsed.GetValue(adapter)))];
            var results = new List<EvaluationResult>();
            foreach (ModelReference reference in references)
                results.Add(new EvaluateModels(host.Clock).Execute(reference, request, Progress(host, reference), cancellation));
            foreach (EvaluationResult result in results.Where(result => result.LeftOut > 0)) host.Line(EvalTexts.LeftOut, result.Name, result.LeftOut);
            var table = new EvaluationTable(host);
            table.Write(results);
            int shown = Math.Min(parsed.GetValue(show), results.Min(result => result.Answers.Count));
            table.WriteAnswers(results, Enumerable.Range(0, shown));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    /// <summary>On a screen one line that counts; nothing elsewhere.</summary>
    internal static Action<int, int>? Progress(CommandHost host, ModelReference reference) => !host.Terminal.IsScreen ? null : (done, all) =>
    {
        host.Terminal.Out.Write("\r" + host.Words.Say(EvalTexts.Answering, reference.Name, done, all));
        if (done == all) host.Terminal.Out.Write("\r\u001b[K");
    };
}
