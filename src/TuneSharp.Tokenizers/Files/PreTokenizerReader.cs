using TuneSharp.Formats;
using TuneSharp.Tokenizers.Splitting;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Reads <c>pre_tokenizer</c>.</summary>
internal static class PreTokenizerReader
{
    private const string Known =
        "Sequence, ByteLevel, Split, Metaspace, BertPreTokenizer, Whitespace, WhitespaceSplit, Punctuation, Digits, CharDelimiterSplit, UnicodeScripts";

    public static PreTokenizer? Read(JsonField component) => component.IsNull ? null : ReadStep(component);

    private static PreTokenizer ReadStep(JsonField step) => TokenizerJson.TypeOf(step) switch
    {
        "Sequence" => new SequencePreTokenizer([.. step["pretokenizers"].Steps().Select(ReadStep)]),
        "ByteLevel" => new ByteLevelPreTokenizer(step["add_prefix_space"].Flag(true), step["use_regex"].Flag(true), spellBytes: true),
        "Split" => new SplitPreTokenizer(PatternReader.Read(step["pattern"]), ReadBehavior(step["behavior"]), step["invert"].Flag(false)),
        "Metaspace" => ReadMetaspace(step),
        "BertPreTokenizer" => new SequencePreTokenizer(
        [
            new SplitPreTokenizer(new CharacterPattern(CodePointClasses.IsWhiteSpace), SplitBehavior.Removed),
            new SplitPreTokenizer(new CharacterPattern(CharacterProperties.IsPunctuation), SplitBehavior.Isolated),
        ]),
        "Whitespace" => new WhitespacePreTokenizer(),
        "WhitespaceSplit" => new SplitPreTokenizer(new CharacterPattern(CodePointClasses.IsWhiteSpace), SplitBehavior.Removed),
        "Punctuation" => new SplitPreTokenizer(
            new CharacterPattern(CharacterProperties.IsPunctuation), step["behavior"].IsNull ? SplitBehavior.Isolated : ReadBehavior(step["behavior"])),
        "Digits" => new SplitPreTokenizer(
            new CharacterPattern(CharacterProperties.IsNumeric), step["individual_digits"].Flag(false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "CharDelimiterSplit" => ReadDelimiter(step),
        "UnicodeScripts" => new UnicodeScriptsPreTokenizer(),
        _ => throw TokenizerJson.UnknownType(step, "pre_tokenizer", Known),
    };

    private static MetaspacePreTokenizer ReadMetaspace(JsonField step)
    {
        (string sign, PrependScheme scheme) = MetaspaceFields.Read(step);
        return new MetaspacePreTokenizer(sign, scheme, step["split"].Flag(true));
    }

    private static SplitPreTokenizer ReadDelimiter(JsonField step)
    {
        System.Text.Rune[] delimiter = [.. step["delimiter"].Text().EnumerateRunes()];
        if (delimiter.Length != 1) throw new InvalidInputException("The delimiter must be one character.", step["delimiter"].Where, "Correct the file or get it again.");
        return new SplitPreTokenizer(new CharacterPattern(c => c == delimiter[0].Value), SplitBehavior.Removed);
    }

    private static SplitBehavior ReadBehavior(JsonField behavior) => behavior.Text() switch
    {
        "Removed" or "removed" => SplitBehavior.Removed,
        "Isolated" or "isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" or "merged_with_previous" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" or "merged_with_next" => SplitBehavior.MergedWithNext,
        "Contiguous" or "contiguous" => SplitBehavior.Contiguous,
        _ => throw behavior.Wrong("Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous"),
    };
}

/// <summary>The fields that Metaspace has as a pre-tokenizer and as a decoder, in the new and the old spelling.</summary>
internal static class MetaspaceFields
{
    public static (string Sign, PrependScheme Scheme) Read(JsonField step)
    {
        JsonField replacement = step["replacement"].IsNull ? step["str_rep"] : step["replacement"];
        string sign = replacement.IsNull ? "▁" : replacement.Text();
        if (sign.EnumerateRunes().Count() != 1) throw replacement.Wrong("one character");
        JsonField scheme = step["prepend_scheme"];
        if (scheme.IsNull) return (sign, step["add_prefix_space"].Flag(true) ? PrependScheme.Always : PrependScheme.Never);
        return (sign, scheme.Text() switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw scheme.Wrong("always, first or never"),
        });
    }
}

/// <summary>Reads a pattern: <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
internal static class PatternReader
{
    public static SplitPattern Read(JsonField pattern)
    {
        if (!pattern.IsObject) throw pattern.Wrong("an object with String or Regex");
        JsonField literal = pattern["String"];
        if (!literal.IsNull)
        {
            return literal.Text() is { Length: > 0 } text
                ? new LiteralPattern(text)
                : throw new InvalidInputException("The pattern is an empty text, which is found everywhere.", literal.Where, "Correct the file or get it again.");
        }
        JsonField regex = pattern["Regex"];
        string source = regex.Text();
        return PieceScanner.For(source) is { } scanner ? new ScannedPattern(scanner) : new RegexPattern(Splitting.Regexes.Regex.Parse(source, regex.Where));
    }
}
