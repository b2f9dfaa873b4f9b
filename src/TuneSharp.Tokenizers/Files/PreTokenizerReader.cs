using TuneSharp.Tokenizers.Splitting;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Reads <c>pre_tokenizer</c>.</summary>
internal static class PreTokenizerReader
{
    public static PreTokenizer? Read(JsonField component) => component.IsNull ? null : ReadStep(component);

    private static PreTokenizer ReadStep(JsonField step) => TokenizerJson.TypeOf(step) switch
    {
        "Sequence" => new SequencePreTokenizer([.. step["pretokenizers"].Items().Select(ReadStep)]),
        "ByteLevel" => new ByteLevelPreTokenizer(step["add_prefix_space"].Flag(true), step["use_regex"].Flag(true), spellBytes: true),
        "Split" => new SplitPreTokenizer(ReadPattern(step["pattern"]), ReadBehavior(step["behavior"]), step["invert"].Flag(false)),
        _ => throw TokenizerJson.UnknownType(step, "pre_tokenizer", "Sequence, ByteLevel, Split"),
    };

    private static ScannedPattern ReadPattern(JsonField pattern)
    {
        string regex = pattern["Regex"].Text();
        return PieceScanner.For(regex) is { } scanner ? new ScannedPattern(scanner) : throw new NotSupportedException();
    }

    private static SplitBehavior ReadBehavior(JsonField behavior) => behavior.Text() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw behavior.Wrong("Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous"),
    };
}
