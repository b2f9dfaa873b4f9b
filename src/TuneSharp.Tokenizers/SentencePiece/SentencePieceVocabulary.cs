using TuneSharp.Formats;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Tokenizers.SentencePiece;

/// <summary>Kinds of pieces; the numbers are those of the file format.</summary>
internal enum PieceKind
{
    Normal = 1,

    /// <summary>Stands for what no piece covers.</summary>
    Unknown = 2,

    /// <summary>Structure (BOS, EOS): never found in a text.</summary>
    Control = 3,

    /// <summary>Found first and as a whole, never merged.</summary>
    UserDefined = 4,

    /// <summary>Takes part in merges, but is split again afterwards.</summary>
    Unused = 5,

    /// <summary>One byte, as <c>&lt;0x0A&gt;</c>.</summary>
    Byte = 6,
}

/// <summary>A piece; its id is its place in the list.</summary>
internal readonly record struct VocabularyPiece(string Text, float Score, PieceKind Kind);

/// <summary>A SentencePiece vocabulary of the kind BPE and how text is prepared for it: from a tokenizer.model or a GGUF file.</summary>
internal sealed record SentencePieceVocabulary
{
    private const int LargestVocabulary = 4_000_000;

    /// <summary>Longer ones are not made by any trainer; they would make look-ups slow.</summary>
    private const int LongestPiece = 512;

    public required IReadOnlyList<VocabularyPiece> Pieces { get; init; }

    /// <summary>Unknown characters become <see cref="PieceKind.Byte"/> pieces.</summary>
    public required bool ByteFallback { get; init; }

    /// <summary>A ▁ goes before the text (or behind it: <see cref="WhitespaceAsSuffix"/>).</summary>
    public bool AddDummyPrefix { get; init; } = true;

    /// <summary>Runs of blanks become one; blanks at the ends go away.</summary>
    public bool RemoveExtraWhitespaces { get; init; }

    /// <summary>A blank is written as ▁.</summary>
    public bool EscapeWhitespaces { get; init; } = true;

    public bool WhitespaceAsSuffix { get; init; }

    /// <summary>What an unknown piece is decoded to.</summary>
    public string UnknownSurface { get; init; } = " \u2047 ";

    public int UnknownId { get; init; }

    /// <summary>Null: none.</summary>
    public int? BosId { get; init; }

    public int? EosId { get; init; }

    public int? PadId { get; init; }

    /// <summary>Refuses what no vocabulary can have.</summary>
    /// <returns>Piece → id.</returns>
    public Dictionary<string, int> Check(string where)
    {
        if (Pieces.Count == 0) throw new InvalidInputException("The vocabulary has no pieces.", where, "Get the file again.");
        if (Pieces.Count > LargestVocabulary) throw new InvalidInputException($"The vocabulary has {Pieces.Count} pieces; at most {LargestVocabulary} are read.", where, "Get the file again.");
        var ids = new Dictionary<string, int>(Pieces.Count, StringComparer.Ordinal);
        for (int id = 0; id < Pieces.Count; id++)
        {
            VocabularyPiece piece = Pieces[id];
            if (piece.Text.Length == 0) throw Wrong(id, "is empty");
            if (piece.Text.Length > LongestPiece) throw Wrong(id, $"has {piece.Text.Length} characters; at most {LongestPiece} are allowed");
            if (float.IsNaN(piece.Score)) throw Wrong(id, "has a score that is not a number");
            if (piece.Kind is < PieceKind.Normal or > PieceKind.Byte) throw Wrong(id, $"has the type {(int)piece.Kind}, which is not known");
            if (piece.Kind == PieceKind.Byte && ByteOf(piece.Text) is null) throw Wrong(id, "is of the type byte, but is not written as one");
            if (!ids.TryAdd(piece.Text, id)) throw Wrong(id, $"is the same as number {ids[piece.Text]}");
        }
        if (UnknownId < 0 || UnknownId >= Pieces.Count)
            throw new InvalidInputException($"The unknown piece has the id {UnknownId}, but there are {Pieces.Count} pieces.", where, "Get the file again.");
        if (ByteFallback && Enumerable.Range(0, 256).FirstOrDefault(b => !ids.ContainsKey(ByteText((byte)b)), -1) is >= 0 and int missing)
            throw new InvalidInputException($"Characters without a piece are to become bytes, but the piece {ByteText((byte)missing)} is missing.", where, "Get the file again.");
        foreach ((string role, int? roleId) in (ReadOnlySpan<(string, int?)>)[("BOS", BosId), ("EOS", EosId), ("padding", PadId)])
            if (roleId is { } value && (value < 0 || value >= Pieces.Count))
                throw new InvalidInputException($"The {role} piece has the id {value}, but there are {Pieces.Count} pieces.", where, "Get the file again.");
        return ids;

        InvalidInputException Wrong(int id, string problem) => new($"Piece {id}, {Quoted.Text(Pieces[id].Text)}, {problem}.", where, "Get the file again.");
    }

    public static string ByteText(byte value) => $"<0x{value:X2}>";

    /// <summary>Null if the text is not that of a byte.</summary>
    public static byte? ByteOf(string text) =>
        text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>' &&
        byte.TryParse(text.AsSpan(3, 2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out byte value) ? value : null;
}
