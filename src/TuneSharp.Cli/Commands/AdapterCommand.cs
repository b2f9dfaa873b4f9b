using System.CommandLine;
using System.Text.Json;
using TuneSharp.Application.Adapters;
using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp adapter combine A@0.7 B@0.3 --how ties --out DIR</c> and <c>adapter convert MODEL --out DIR</c></summary>
internal static class AdapterCommand
{
    private static readonly JsonSerializerOptions JsonForm = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CommandHost host, GlobalOptions global)
    {
        var command = new DocumentedCommand("adapter", host.Words[AdapterTexts.Summary]);
        command.Add(Combine(host, global));
        command.Add(Convert(host, global));
        return command;
    }

    private static DocumentedCommand Combine(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var adapters = new Argument<string[]>("ADAPTERS") { Description = words[AdapterTexts.Adapters], Arity = ArgumentArity.OneOrMore };
        var how = new Option<string>("--how") { Description = words[AdapterTexts.How], HelpName = "KIND", DefaultValueFactory = _ => "cat" };
        var density = new Option<double>("--density") { Description = words[AdapterTexts.Density], HelpName = "SHARE", DefaultValueFactory = _ => 0.5 };
        var sign = new Option<string>("--majority-sign") { Description = words[AdapterTexts.Sign], HelpName = "KIND", DefaultValueFactory = _ => "total" };
        var rank = new Option<int?>("--rank") { Description = words[AdapterTexts.Rank], HelpName = "R" };
        var seed = new Option<long>("--seed") { Description = words[AdapterTexts.Seed], HelpName = "N", DefaultValueFactory = _ => 42 };
        var folder = new Option<string>("--out") { Description = words[AdapterTexts.Out], HelpName = "DIR", Required = true };
        var json = new Option<bool>("--json") { Description = words[AdapterTexts.Json] };
        var command = new DocumentedCommand("combine", words[AdapterTexts.CombineSummary])
        {
            Details = [words[AdapterTexts.CombineDetails]],
            Examples = [new("adapter combine first@0.7 second@0.3 --how ties --density 0.5 --out adapters/both", words[AdapterTexts.CombineExample])],
        };
        command.Add(adapters);
        foreach (Option option in (Option[])[how, density, sign, rank, seed, folder, json]) command.Add(option);
        command.SetAction(parsed =>
        {
            HomeFolder home = global.HomeOf(parsed, host);
            CombineReport report = CombineAdapters.Execute(new CombineRequest([.. parsed.GetValue(adapters)!.Select(word => AdapterReference.Resolve(home, word))], parsed.GetValue(folder)!, parsed.GetValue(how)!,
                parsed.GetValue(density), parsed.GetValue(sign)!, parsed.GetValue(rank), parsed.GetValue(seed)));
            if (parsed.GetValue(json)) host.Terminal.Out.WriteLine(JsonSerializer.Serialize(report, JsonForm));
            else host.Line(AdapterTexts.Combined, string.Join(" + ", report.Adapters), report.How, report.Folder, report.Rank, report.Tensors);
            return ExitCode.Success;
        });
        return command;
    }

    private static DocumentedCommand Convert(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var model = new Argument<string>("MODEL") { Description = words[AdapterTexts.Model] };
        var adapter = new Option<string[]>("--adapter") { Description = words[AdapterTexts.Adapter], HelpName = "ADAPTER" };
        var folder = new Option<string>("--out") { Description = words[AdapterTexts.Out], HelpName = "DIR", Required = true };
        var threads = new Option<int?>("--threads") { Description = words[EvalTexts.Threads], HelpName = "N" };
        var json = new Option<bool>("--json") { Description = words[AdapterTexts.Json] };
        var command = new DocumentedCommand("convert", words[AdapterTexts.ConvertSummary])
        {
            Details = [words[AdapterTexts.ConvertDetails]],
            Examples = [new("adapter convert first --out adapters/plain", words[AdapterTexts.ConvertExample])],
        };
        command.Add(model);
        foreach (Option option in (Option[])[adapter, folder, threads, json]) command.Add(option);
        command.SetAction(parsed =>
        {
            ModelReference reference = ModelReference.ResolveWith(global.HomeOf(parsed, host), parsed.GetValue(model)!, parsed.GetValue(adapter) ?? []);
            ConvertReport report = ConvertAdapter.Execute(reference, parsed.GetValue(folder)!, parsed.GetValue(threads));
            if (parsed.GetValue(json)) host.Terminal.Out.WriteLine(JsonSerializer.Serialize(report, JsonForm));
            else host.Line(AdapterTexts.Converted, report.Folder, report.Rank);
            return ExitCode.Success;
        });
        return command;
    }
}
