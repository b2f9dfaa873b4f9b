using System.Text.RegularExpressions;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Gguf;

namespace TuneSharp.Application.Models;

/// <summary>The licence that a model names: in a GGUF file's metadata, or at the head of a folder's README.md.</summary>
internal static partial class ModelLicence
{
    private const int MaxCardBytes = 4 << 20, MaxLength = 100;

    public static string? Of(GgufMetadata metadata)
    {
        string? text = metadata.Values.TryGetValue("general.license", out GgufValue? value) && value is GgufText licence ? licence.Value : null;
        return Plain(text);
    }

    public static string? Of(string folder)
    {
        string card = Path.Combine(folder, "README.md");
        if (File.Exists(card) && new FileInfo(card).Length is > 0 and <= MaxCardBytes)
        {
            string text = System.Text.Encoding.UTF8.GetString(RegularFile.ReadAll(card, MaxCardBytes));
            int end = text.StartsWith("---", StringComparison.Ordinal) ? text.IndexOf("\n---", 3, StringComparison.Ordinal) : -1;
            if (end > 0 && Line().Match(text[..end]) is { Success: true } match) return Plain(match.Groups["name"].Value);
        }
        return Directory.EnumerateFiles(folder, "LICENSE*").Select(Path.GetFileName).FirstOrDefault();
    }

    /// <summary>A name on one line; anything else is not repeated.</summary>
    private static string? Plain(string? text) =>
        text is { Length: > 0 and <= MaxLength } && text.All(c => char.IsLetterOrDigit(c) || c is '-' or '.' or ' ' or '_' or '+' or '/' or ':' or '(' or ')') ? text : null;

    [GeneratedRegex(@"^license:\s*[""']?(?<name>[^""'\r\n]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();
}
