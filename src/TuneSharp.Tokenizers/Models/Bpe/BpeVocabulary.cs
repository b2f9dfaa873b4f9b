using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Models.Bpe;

/// <summary>What a BPE section of a tokenizer.json says, after its values were checked.</summary>
internal sealed record BpeDefinition : ModelDefinition
{
    /// <summary>Pairs in the order of their ranks.</summary>
    public required IReadOnlyList<(string Left, string Right)> Merges { get; init; }

    public string? UnknownToken { get; init; }

    public bool FuseUnknown { get; init; }

    /// <summary>A character without a token becomes <c>&lt;0x..&gt;</c> tokens, if all its bytes have one.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A whole piece that is a token is taken without merging (Llama 3).</summary>
    public bool IgnoreMerges { get; init; }

    public string ContinuingSubwordPrefix { get; init; } = "";

    public string EndOfWordSuffix { get; init; } = "";

    public int HighestId => _highestId ??= Vocabulary.Values.DefaultIfEmpty(-1).Max();

    private int? _highestId;

    public override bool ReadsBytes => !ByteFallback;

    public override ITokenModel Build(PieceForm form) => new BpeModel(this, form);

    public override IEnumerable<string> FindWarnings(ITokenModel model)
    {
        if (model is BpeModel bpe && Merges.Count - bpe.NumDistinctMerges is > 0 and int repeated)
            yield return $"{repeated} merges stand twice; the later one counts.";
        if (ByteFallback && Enumerable.Range(0, 256).Count(b => !Vocabulary.ContainsKey($"<0x{b:X2}>")) is > 0 and int missing)
            yield return $"byte_fallback is on, and {missing} of the 256 byte tokens are missing; characters that need them become the unknown token.";
        if (UnknownToken is { } unknown && !Vocabulary.ContainsKey(unknown))
            yield return $"unk_token {Quoted.Text(unknown)} is not in the vocabulary; a text that needs it cannot be encoded.";
    }
}

/// <summary>The merges of a definition in terms of ids.</summary>
internal static class BpeMerges
{
    public static MergeTable Resolve(BpeDefinition definition)
    {
        var table = new MergeTable(definition.Merges.Count);
        int prefix = definition.ContinuingSubwordPrefix.Length;
        string?[] spellings = new string?[definition.HighestId + 1];
        foreach ((string token, int id) in definition.Vocabulary) spellings[id] = token;
        int next = 0; // files list the merged tokens in the order of the merges: the token after the last one is tried first
        for (int rank = 0; rank < definition.Merges.Count; rank++)
        {
            (string left, string right) = definition.Merges[rank];
            if (right.Length < prefix)
                throw Missing(definition, rank, right, $"is shorter than the continuing_subword_prefix {Quoted.Text(definition.ContinuingSubwordPrefix)}");
            ReadOnlySpan<char> tail = right.AsSpan(prefix);
            int merged = next < spellings.Length && IsJoined(spellings[next], left, tail) ? next : IdOf(definition, rank, string.Concat(left, tail));
            table.Set(IdOf(definition, rank, left), IdOf(definition, rank, right), rank, merged);
            next = merged + 1;
        }
        return table;
    }

    private static bool IsJoined(string? token, string left, ReadOnlySpan<char> right) =>
        token is not null && token.Length == left.Length + right.Length && token.StartsWith(left, StringComparison.Ordinal) && token.AsSpan(left.Length).SequenceEqual(right);

    private static int IdOf(BpeDefinition definition, int rank, string token) =>
        definition.Vocabulary.TryGetValue(token, out int id) ? id : throw Missing(definition, rank, token, "is not in the vocabulary");

    private static InvalidInputException Missing(BpeDefinition definition, int rank, string token, string problem) => new(
        $"Merge number {rank + 1} needs the token {Quoted.Text(token)}, which {problem}.",
        definition.Where + ".merges",
        "The file is damaged, or vocabulary and merges belong to different models; get the tokenizer files again.");
}

/// <summary>How the characters of a piece become the first symbols of the merge loop.</summary>
internal enum PieceForm
{
    /// <summary>A piece is plain text; its symbols are characters.</summary>
    Characters,

    /// <summary>A piece is the raw bytes that byte-level tokens stand for; its symbols are bytes.</summary>
    Bytes,
}

/// <summary>The vocabulary in the form in which pieces arrive.</summary>
internal static class BpeKeys
{
    /// <summary>Table of all tokens that can be met in a piece.</summary>
    public static ByteStringTable Create(IReadOnlyDictionary<string, int> vocabulary, PieceForm form)
    {
        var table = new ByteStringTable(vocabulary.Count, vocabulary.Count * 8);
        byte[] scratch = new byte[256];
        foreach ((string token, int id) in vocabulary)
        {
            if (form == PieceForm.Bytes)
            {
                if (ByteLevelAlphabet.ToBytes(token) is { } bytes) table.Set(bytes, id);
                continue;
            }
            int needed = System.Text.Encoding.UTF8.GetMaxByteCount(token.Length);
            if (needed > scratch.Length) scratch = new byte[needed];
            table.Set(scratch.AsSpan(0, System.Text.Encoding.UTF8.GetBytes(token, scratch)), id);
        }
        return table;
    }
}
