using System.CommandLine;
using System.Text.Json;
using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp model import FILE.gguf</c> and <c>model inspect PATH</c></summary>
internal static class ModelCommand
{
    private static readonly JsonSerializerOptions JsonForm = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create(CommandHost host, GlobalOptions global)
    {
        var command = new DocumentedCommand("model", host.Words[ModelTexts.Summary]);
        command.Add(Import(host, global));
        command.Add(Inspect(host, global));
        return command;
    }

    private static DocumentedCommand Import(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var file = new Argument<string>("FILE") { Description = words[ModelTexts.File] };
        var name = new Option<string?>("--name") { Description = words[ModelTexts.Name], HelpName = "NAME" };
        var dtype = new Option<string>("--dtype") { Description = words[ModelTexts.DType], HelpName = "TYPE", DefaultValueFactory = _ => "auto" };
        var json = new Option<bool>("--json") { Description = words[ModelTexts.Json] };
        var command = new DocumentedCommand("import", words[ModelTexts.ImportSummary])
        {
            Details = [words[ModelTexts.ImportDetails]],
            Examples = [new("model import SmolLM2-135M-Instruct.Q4_1.gguf --name my-model", words[ModelTexts.ImportExample])],
        };
        command.Add(file);
        foreach (Option option in (Option[])[name, dtype, json]) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            using var line = new ByteProgress(host, ModelTexts.Importing);
            ImportReport report = new ImportModel(global.HomeOf(parsed, host)).Execute(parsed.GetValue(file)!, parsed.GetValue(name), parsed.GetValue(dtype)!, parsed.GetValue(json) ? null : line.Show, cancellation);
            line.Close();
            if (parsed.GetValue(json)) host.Terminal.Out.WriteLine(JsonSerializer.Serialize(report, JsonForm));
            else Tell(host, report);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void Tell(CommandHost host, ImportReport report)
    {
        host.Line(ModelTexts.Imported, report.Name, report.Folder, report.Weights.Tensors, $"{report.Weights.Bytes / 1e6:0.#}", report.Weights.DType);
        if (report.Weights.WasQuantised) host.Line(ModelTexts.Quantised, report.StoredTypes);
        if (!report.HasChatTemplate) host.Line(ModelTexts.NoTemplate);
        host.Line(ModelTexts.Licence, report.Licence ?? host.Words[ModelTexts.NotNamed]);
        host.Line(ModelTexts.TryIt, report.Name);
    }

    private static DocumentedCommand Inspect(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var path = new Argument<string>("PATH") { Description = words[ModelTexts.Path] };
        var json = new Option<bool>("--json") { Description = words[ModelTexts.Json] };
        var command = new DocumentedCommand("inspect", words[ModelTexts.InspectSummary])
        {
            Details = [words[ModelTexts.InspectDetails]],
            Examples = [new("model inspect SmolLM2-135M-Instruct.Q4_1.gguf", words[ModelTexts.InspectExample])],
        };
        command.Add(path);
        command.Add(json);
        command.SetAction(parsed =>
        {
            ModelInspection model = InspectModel.Execute(PathOf(global.HomeOf(parsed, host), parsed.GetValue(path)!));
            if (parsed.GetValue(json)) host.Terminal.Out.WriteLine(JsonSerializer.Serialize(model, JsonForm));
            else ModelPage.Write(host, model);
            return ExitCode.Success;
        });
        return command;
    }

    private static string PathOf(HomeFolder home, string text) => Path.Exists(text) ? Path.GetFullPath(text) : new ModelStore(home).Locate(text);
}
