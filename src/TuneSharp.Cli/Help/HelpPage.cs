using System.CommandLine;
using System.CommandLine.Invocation;
using TuneSharp.Cli.Terminals;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Help;

/// <summary>Writes the help page of a command: summary, usage, details, commands, arguments, options, examples.</summary>
public sealed class HelpPage(Terminal terminal, Wording words) : SynchronousCommandLineAction
{
    private const int NameColumn = 26;

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command);
        return ExitCode.Success;
    }

    public void Write(Command command)
    {
        var documented = command as DocumentedCommand;
        Paragraph(command.Description ?? "");
        terminal.Out.WriteLine();
        Paragraph(words.Say(HelpTexts.Usage, UsageLine(command, documented)));
        foreach (string detail in documented?.Details ?? [])
        {
            terminal.Out.WriteLine();
            Paragraph(detail);
        }

        Section(HelpTexts.Commands, command.Subcommands.Where(sub => !sub.Hidden).Select(sub => (sub.Name, sub.Description ?? "")));
        Section(HelpTexts.Arguments, command.Arguments.Where(argument => !argument.Hidden).Select(argument => (argument.HelpName ?? argument.Name, argument.Description ?? "")));
        Section(HelpTexts.Options, command.Options.Where(option => !option.Hidden).Select(Row));
        if (command.Parents.Any()) Section(HelpTexts.GlobalOptions, RootOf(command).Options.Where(option => option.Recursive && !option.Hidden).Select(Row));
        if (documented is not { Examples.Count: > 0 }) return;
        terminal.Out.WriteLine();
        terminal.Out.WriteLine(words[HelpTexts.Examples]);
        foreach (Example example in documented.Examples)
        {
            terminal.Out.WriteLine($"  tunesharp {example.CommandLine}");
            foreach (string line in DisplayWidth.Wrap(example.Effect, terminal.Width - 6)) terminal.Out.WriteLine($"      {line}");
        }
    }

    private static string UsageLine(Command command, DocumentedCommand? documented)
    {
        var parts = new List<string>();
        for (Command? at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault()) parts.Insert(0, at is RootCommand ? "tunesharp" : at.Name);
        parts.AddRange(command.Arguments.Where(argument => !argument.Hidden).Select(argument =>
        {
            string name = argument.HelpName ?? argument.Name;
            if (argument.Arity.MaximumNumberOfValues > 1) name += " …";
            return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
        }));
        if (command.Subcommands.Any(sub => !sub.Hidden)) parts.Add("COMMAND");
        if (documented?.UsageEnd is { } end) parts.Add(end);
        else if (command.Options.Any(option => !option.Hidden)) parts.Add("[options]");
        return string.Join(' ', parts);
    }

    private static (string Name, string Text) Row(Option option)
    {
        string names = string.Join(", ", option.Aliases.Where(alias => alias.Length <= 3).Order().Append(option.Name).Distinct());
        return (option.HelpName is null ? names : $"{names} {option.HelpName}", option.Description ?? "");
    }

    private static Command RootOf(Command command)
    {
        while (command.Parents.OfType<Command>().FirstOrDefault() is { } parent) command = parent;
        return command;
    }

    private void Section(Text heading, IEnumerable<(string Name, string Text)> rows)
    {
        List<(string Name, string Text)> all = [.. rows];
        if (all.Count == 0) return;
        terminal.Out.WriteLine();
        terminal.Out.WriteLine(words[heading]);
        foreach ((string name, string text) in all)
        {
            bool first = true;
            if (DisplayWidth.Of(name) > NameColumn - 4)
            {
                terminal.Out.WriteLine($"  {name}");
                first = false;
            }

            foreach (string line in DisplayWidth.Wrap(text, terminal.Width - NameColumn))
            {
                terminal.Out.WriteLine((first ? DisplayWidth.Pad($"  {name}", NameColumn) : new string(' ', NameColumn)) + line);
                first = false;
            }
        }
    }

    private void Paragraph(string text)
    {
        foreach (string line in text.Split('\n').SelectMany(part => DisplayWidth.Wrap(part, terminal.Width))) terminal.Out.WriteLine(line);
    }
}
