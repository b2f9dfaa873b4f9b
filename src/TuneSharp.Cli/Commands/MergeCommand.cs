using System.CommandLine;
using System.Text.Json;
using TuneSharp.Application.Merging;
using TuneSharp.Application.Models;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;
using TuneSharp.Formats;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp merge MODEL --adapter A [--adapter B] [--scale S] --out DIR</c></summary>
internal static class MergeCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var model = new Argument<string>("MODEL") { Description = words[MergeTexts.Model] };
        var adapters = new Option<string[]>("--adapter") { Description = words[MergeTexts.Adapter], HelpName = "ADAPTER" };
        var scales = new Option<double[]>("--scale") { Description = words[MergeTexts.Scale], HelpName = "S" };
        var folder = new Option<string>("--out") { Description = words[MergeTexts.Out], HelpName = "DIR", Required = true };
        var dtype = new Option<string>("--dtype") { Description = words[MergeTexts.DType], HelpName = "TYPE", DefaultValueFactory = _ => "auto" };
        var probes = new Option<string[]>("--probe") { Description = words[MergeTexts.Probe], HelpName = "TEXT" };
        var json = new Option<bool>("--json") { Description = words[MergeTexts.Json] };
        var threads = new Option<int?>("--threads") { Description = words[EvalTexts.Threads], HelpName = "N" };
        var command = new DocumentedCommand("merge", words[MergeTexts.Summary])
        {
            Details = [words[MergeTexts.Details], words[MergeTexts.Several]],
            Examples =
            [
                new("merge first --out models/first-merged", words[MergeTexts.ExampleRun]),
                new("merge models/my-model --adapter runs/a/adapter --adapter runs/b/adapter --scale 1 --scale 0.5 --out models/both", words[MergeTexts.ExampleTwo]),
            ],
        };
        command.Add(model);
        foreach (Option option in (Option[])[adapters, scales, folder, dtype, probes, json, threads]) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            ModelReference reference = Scaled(ModelReference.ResolveWith(global.HomeOf(parsed, host), parsed.GetValue(model)!, parsed.GetValue(adapters) ?? []), parsed.GetValue(scales) ?? []);
            var request = new MergeRequest(reference, parsed.GetValue(folder)!, parsed.GetValue(dtype)!, parsed.GetValue(probes), parsed.GetValue(threads));
            using var line = new MergeProgress(host);
            MergeReport report = new MergeModel(host.Clock).Execute(request, parsed.GetValue(json) ? null : line.Show, cancellation);
            if (parsed.GetValue(json)) host.Terminal.Out.WriteLine(JsonSerializer.Serialize(report, Json));
            else line.Write(report);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static ModelReference Scaled(ModelReference reference, double[] scales)
    {
        if (scales.Length == 0) return reference;
        int count = reference.Adapters.Count;
        if (scales.Length != 1 && scales.Length != count)
            throw new InvalidInputException($"--scale is given {scales.Length} times for {count} adapters.", null, "Give it once for all, or once for each --adapter in the same order.");
        return reference with { Adapters = [.. reference.Adapters.Select((adapter, i) => adapter with { Scale = adapter.Scale * scales[scales.Length == 1 ? 0 : i] })] };
    }
}
