using System.Text.RegularExpressions;
using TuneSharp.Formats;

namespace TuneSharp.Peft.Targets;

/// <summary>A regular expression over module names from a person or a file: Python's spelling, and never longer than a second.</summary>
internal sealed class ModulePattern
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;
    private readonly string _pattern, _key;

    private ModulePattern(string pattern, string whole, string key)
    {
        _pattern = pattern;
        _key = key;
        try
        {
            // Python writes named groups as (?P<name>…); the rest that occurs in module patterns is spelled alike.
            _regex = new Regex(whole.Replace("(?P<", "(?<"), RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException e)
        {
            throw new InvalidInputException($"`{key}` is not a regular expression: {e.Message}", null, "Correct the pattern, list the modules, or give all-linear.", e);
        }
    }

    /// <summary>The pattern must fit the whole name.</summary>
    public static ModulePattern Whole(string pattern, string key) => new(pattern, $@"\A(?:{pattern})\z", key);

    /// <summary>The pattern must fit the end of the name, from a dot or the start on: the keys of rank_pattern.</summary>
    public static ModulePattern Ending(string pattern, string key) => new(pattern, $@"\A(?:.*\.)?(?:{pattern})\z", key);

    /// <summary>The number behind `.pattern.` in a name; null if there is none.</summary>
    public static ModulePattern Numbered(string pattern, string key) => new(pattern, $@"\A.*?\.(?:{pattern})\.(?<number>\d+)\.", key);

    public bool Fits(string module) => Match(module).Success;

    /// <summary>Of <see cref="Numbered"/>.</summary>
    public int? NumberIn(string module) => Match(module) is { Success: true } match && int.TryParse(match.Groups["number"].ValueSpan, out int number) ? number : null;

    private Match Match(string module)
    {
        try
        {
            return _regex.Match(module);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new InvalidInputException($"The pattern `{_pattern}` of {_key} takes more than a second on the module name {module}.", null, "Write a simpler pattern or list the modules.", e);
        }
    }
}
