using System.CommandLine;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli;

/// <summary>Options that every command understands.</summary>
public sealed class GlobalOptions(Wording words)
{
    public Option<string?> Home { get; } = new("--home") { Description = words[HelpTexts.Home], HelpName = "FOLDER", Recursive = true };

    public Option<string?> Lang { get; } = new("--lang") { Description = words[HelpTexts.Lang], HelpName = "LANGUAGE", Recursive = true };

    public HomeFolder HomeOf(ParseResult parsed, CommandHost host) => HomeFolder.Resolve(parsed.GetValue(Home), host.Environment("TUNESHARP_HOME"));
}
