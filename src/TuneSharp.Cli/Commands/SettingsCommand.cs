using System.CommandLine;
using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Recipes;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;
using TuneSharp.Formats;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp settings [KEY]</c>: every key of a recipe, or one of them in full.</summary>
internal static class SettingsCommand
{
    public static Command Create(CommandHost host)
    {
        Wording words = host.Words;
        var key = new Argument<string?>("KEY") { Description = words[SettingsTexts.Key], Arity = ArgumentArity.ZeroOrOne };
        var command = new DocumentedCommand("settings", words[SettingsTexts.Summary])
        {
            Examples = [new("settings", words[SettingsTexts.ExampleAll]), new("settings lora_alpha", words[SettingsTexts.ExampleOne])],
        };
        var markdown = new Option<bool>("--markdown") { Description = words[SettingsTexts.Markdown] };
        command.Add(key);
        command.Add(markdown);
        command.SetAction(parsed =>
        {
            SettingCatalog catalog = SettingCatalog.For<FineTuneRequest>();
            if (parsed.GetValue(markdown)) host.Terminal.Out.Write(SettingTable.Write(words.Language == Language.Chinese));
            else if (parsed.GetValue(key) is { } name) ShowOne(host, catalog, name);
            else ShowAll(host, catalog);
            return ExitCode.Success;
        });
        return command;
    }

    private static void ShowAll(CommandHost host, SettingCatalog catalog)
    {
        var grid = new Grid(host.Words[SettingsTexts.ColumnKey], host.Words[SettingsTexts.ColumnDefault], host.Words[SettingsTexts.ColumnMeaning]);
        foreach (SettingDescription setting in catalog.All) grid.Add(setting.Key, setting.DefaultText, Describe(host, setting));
        grid.Write(host.Terminal);
    }

    private static void ShowOne(CommandHost host, SettingCatalog catalog, string name)
    {
        SettingDescription setting = catalog.Find(name.Replace('-', '_')) ?? throw Unknown(catalog, name);
        host.Terminal.Out.WriteLine($"{setting.Key}: {setting.DefaultText}");
        host.Terminal.Out.WriteLine(Describe(host, setting));
        if (setting.Choices.Count > 0) host.Line(SettingsTexts.Choices, string.Join(", ", setting.Choices));
        if (setting.Setting.Unit is { } unit) host.Line(SettingsTexts.Unit, host.Words.Message(unit));
        if (setting.Setting.Advice is { } advice) host.Line(SettingsTexts.Advice, host.Words.Message(advice));
        if (setting.Range is { } range) host.Line(SettingsTexts.Range, range);
        if (setting.Setting.Aliases.Length > 0) host.Line(SettingsTexts.Aliases, string.Join(", ", setting.Setting.Aliases));
        if (setting.Setting.Example is { } example) host.Line(SettingsTexts.Example, $"{setting.Key}: {example}");
    }

    private static string Describe(CommandHost host, SettingDescription setting) => host.Words.Language == Language.Chinese ? setting.Setting.Chinese : setting.Setting.Description;

    private static InvalidInputException Unknown(SettingCatalog catalog, string name)
    {
        string? nearest = Application.NearestName.Find(name, catalog.Names);
        return new InvalidInputException($"There is no setting `{name}`.", null, nearest is null ? "`tunesharp settings` lists all." : $"Did you mean `{nearest}`?");
    }
}
