using System.CommandLine;
using TuneSharp.Application.Planning;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;
using TuneSharp.Formats.Files;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp plan --model M --data D --memory 8GB</c></summary>
internal static class PlanCommand
{
    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var model = new Option<string>("--model") { Description = words[PlanTexts.Model], HelpName = "MODEL", Required = true };
        var data = new Option<string>("--data") { Description = words[PlanTexts.Data], HelpName = "FILE", Required = true };
        var memory = new Option<string?>("--memory") { Description = words[PlanTexts.Memory], HelpName = "SIZE" };
        var output = new Option<string?>("--out") { Description = words[PlanTexts.Out], HelpName = "FILE" };
        var command = new DocumentedCommand("plan", words[PlanTexts.Summary])
        {
            Examples = [new("plan --model ./Qwen2.5-0.5B --data rows.jsonl --memory 8GB --out recipe.yaml", words[PlanTexts.Example])],
        };
        foreach (Option option in (Option[])[model, data, memory, output]) command.Add(option);
        command.SetAction(parsed =>
        {
            string? file = parsed.GetValue(output);
            OutputFile.RefuseExisting(file);
            long? bytes = parsed.GetValue(memory) is { } size ? MemorySize.Parse(size, "--memory") : null;
            FineTunePlan plan = new PlanFineTune(global.HomeOf(parsed, host), host.Clock).Execute(new PlanRequest(parsed.GetValue(model)!, parsed.GetValue(data)!, bytes), new PreparationLines(host).Report);
            Show(host, plan);
            if (file is null) host.Line(PlanTexts.HowToWrite);
            else
            {
                AtomicFile.WriteText(file, plan.ToRecipe(words.Message));
                host.Line(PlanTexts.Written, file);
            }
            return ExitCode.Success;
        });
        return command;
    }

    private static void Show(CommandHost host, FineTunePlan plan)
    {
        Wording words = host.Words;
        var grid = new Grid(words[PlanTexts.ColumnKey], words[PlanTexts.ColumnValue], words[PlanTexts.ColumnReason]);
        foreach (PlannedSetting setting in plan.Settings) grid.Add(setting.Key, setting.Value, words.Message(setting.Reason));
        grid.Write(host.Terminal);
        host.Line(PlanTexts.Foot, plan.NumRows, plan.NumSteps, plan.EstimatedBytes / 1e9, plan.MemoryBytes / 1e9);
    }
}
