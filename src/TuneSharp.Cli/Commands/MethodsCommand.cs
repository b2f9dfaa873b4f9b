using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TuneSharp.Application.Models;
using TuneSharp.Application.Planning;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp methods [--model M] [--json]</c></summary>
internal static class MethodsCommand
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var model = new Option<string?>("--model") { Description = words[MethodsTexts.Model], HelpName = "MODEL" };
        var json = new Option<bool>("--json") { Description = words[MethodsTexts.Json] };
        var command = new DocumentedCommand("methods", words[MethodsTexts.Summary])
        {
            Examples = [new("methods", words[MethodsTexts.ExampleAll]), new("methods --model ./Qwen2.5-0.5B", words[MethodsTexts.ExampleModel])],
        };
        command.Add(model);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string? folder = parsed.GetValue(model) is { } name ? new ModelStore(global.HomeOf(parsed, host)).Locate(name, Directory.GetCurrentDirectory()) : null;
            MethodTable table = ListMethods.Execute(folder);
            if (parsed.GetValue(json)) host.Terminal.Out.WriteLine(JsonSerializer.Serialize(table, s_json));
            else Show(host, table);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Show(CommandHost host, MethodTable table)
    {
        Wording words = host.Words;
        bool chinese = words.Language == Language.Chinese;
        var grid = new Grid(words[MethodsTexts.ColumnMethod], words[MethodsTexts.ColumnTrained], words[MethodsTexts.ColumnMemory], words[MethodsTexts.ColumnSpeed], words[MethodsTexts.ColumnMerge], words[MethodsTexts.ColumnWhat])
        {
            Numbers = { 1, 2, 3 },
        };
        foreach (MethodOnModel method in table.Methods)
        {
            string what = chinese ? $"{method.DescriptionChinese}{method.WhenChinese}" : $"{method.Description} {method.When}";
            grid.Add(method.Name, Share(method.TrainedShare), Size(method.MemoryBytes), method.RelativeSpeed is { } speed ? string.Create(CultureInfo.InvariantCulture, $"{speed:0.0} x") : "-",
                words[method.CanMerge ? MethodsTexts.Yes : method.MakesAdapter ? MethodsTexts.No : MethodsTexts.Itself], what.Trim());
        }
        grid.Write(host.Terminal);
        host.Line(MethodsTexts.Foot, Path.GetFileName(table.Model), Count(table.NumParameters), table.Weights, ListMethods.Tokens);
        host.Line(MethodsTexts.Next);
    }

    private static string Share(double? share) => share is { } s ? (100 * s).ToString(s >= 0.1 ? "0" : s >= 0.001 ? "0.00" : "0.0000", CultureInfo.InvariantCulture) + " %" : "-";

    private static string Count(long parameters) => parameters >= 1e8 ? string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e9:0.##} B") : string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e6:0.##} M");

    private static string Size(long? bytes) => bytes is { } b ? (b / 1e9).ToString("0.0", CultureInfo.InvariantCulture) + " GB" : "-";
}
