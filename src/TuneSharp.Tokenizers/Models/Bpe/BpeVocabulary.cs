using TuneSharp.Formats;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Models.Bpe;

/// <summary>What a BPE section of a tokenizer.json says, after its values were checked.</summary>
internal sealed record BpeDefinition
{
    /// <summary>Token → id; ids may have gaps.</summary>
    public required IReadOnlyDictionary<string, int> Vocabulary { get; init; }

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

    /// <summary>File and field, for error messages.</summary>
    public string Where { get; init; } = "model";
}

/// <summary>The merges of a definition in terms of ids.</summary>
internal static class BpeMerges
{
    public static MergeTable Resolve(BpeDefinition definition)
    {
        var table = new MergeTable(definition.Merges.Count);
        int prefix = definition.ContinuingSubwordPrefix.Length;
        for (int rank = 0; rank < definition.Merges.Count; rank++)
        {
            (string left, string right) = definition.Merges[rank];
            if (right.Length < prefix)
                throw Missing(definition, rank, right, $"is shorter than the continuing_subword_prefix '{definition.ContinuingSubwordPrefix}'");
            string merged = prefix == 0 ? left + right : string.Concat(left, right.AsSpan(prefix));
            table.Set(IdOf(definition, rank, left), IdOf(definition, rank, right), rank, IdOf(definition, rank, merged));
        }
        return table;
    }

    private static int IdOf(BpeDefinition definition, int rank, string token) =>
        definition.Vocabulary.TryGetValue(token, out int id) ? id : throw Missing(definition, rank, token, "is not in the vocabulary");

    private static InvalidInputException Missing(BpeDefinition definition, int rank, string token, string problem) => new(
        $"Merge number {rank + 1} needs the token '{token}', which {problem}.",
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
