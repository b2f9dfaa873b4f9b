using System.CommandLine;

namespace TuneSharp.Cli.Help;

/// <param name="CommandLine">What a person types, after the program's name.</param>
/// <param name="Effect">What it does.</param>
internal sealed record Example(string CommandLine, string Effect);

/// <summary>A command with what its help page says beside the list of options.</summary>
internal sealed class DocumentedCommand(string name, string summary) : Command(name, summary)
{
    /// <summary>Paragraphs below the usage line.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    public IReadOnlyList<Example> Examples { get; init; } = [];

    /// <summary>What stands in the usage line after the arguments, as "[--key value …]".</summary>
    public string? UsageEnd { get; init; }
}
