using TuneSharp.Application.Languages;
using TuneSharp.Data;
using TuneSharp.Formats;

namespace TuneSharp.Cli.Texts;

/// <summary>A sentence in both languages, side by side so that none is ever missing. Placeholders are {0}, {1}, …</summary>
public sealed record Text(string English, string Chinese)
{
    /// <summary>True if what is put into the placeholders may be a sentence of the layers below, which speak English: it is translated too.</summary>
    public bool HoldsMessages { get; init; }
}

public enum Language
{
    English,
    Chinese,
}

/// <summary>Says texts in the person's language.</summary>
public sealed class Wording(Language language)
{
    public Language Language => language;

    public string this[Text text] => language == Language.Chinese ? text.Chinese : text.English;

    public string Say(Text text, params object?[] values) => string.Format(this[text], text.HoldsMessages ? [.. values.Select(Message)] : values);

    /// <summary>What a layer below says: an error, a warning, a note, a reason.</summary>
    public string Message(string message) => language == Language.Chinese ? MessageTranslations.Chinese.Translate(message) : message;

    /// <summary>A problem of a dataset with its place and what to do.</summary>
    public string Message(DataProblem problem) => language == Language.Chinese ? MessageTranslations.Chinese.Translate(problem) : problem.ToString();

    private object? Message(object? value) => value switch
    {
        string text => Message(text),
        InvalidInputException error => language == Language.Chinese ? MessageTranslations.Chinese.Translate(error) : error.Message,
        _ => value,
    };

    /// <summary>
    /// <c>--lang zh|en</c> wins, then the first set of LC_ALL, LC_MESSAGES, LANG. It is looked up before the command line is
    /// parsed, because the help text itself depends on it.
    /// </summary>
    public static Wording For(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        string? chosen = null;
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--") break;
            if (arguments[i].StartsWith("--lang=", StringComparison.Ordinal)) chosen = arguments[i]["--lang=".Length..];
            else if (arguments[i] == "--lang" && i + 1 < arguments.Count) chosen = arguments[i + 1];
        }

        chosen ??= new[] { "LC_ALL", "LC_MESSAGES", "LANG" }.Select(environment).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return new Wording(chosen?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? Language.Chinese : Language.English);
    }
}
