using System.Text;
using TuneSharp.Formats;
using TuneSharp.Tokenizers;

namespace TuneSharp.Data.PreTraining;

/// <summary>How <see cref="TextChunks"/> cuts.</summary>
public sealed record TextChunkOptions
{
    /// <summary>What text-generation-webui prefers line breaks within.</summary>
    public const int UsualNewlineFavorLen = 128;

    /// <summary>Where text-generation-webui cuts in any case.</summary>
    public const string UsualHardCut = "\n\n\n";

    /// <summary>Tokens a block.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Tokens that a block repeats from the one before it; below the block size.</summary>
    public int Overlap { get; init; }

    /// <summary>Characters from either end of a block within which a line break becomes its end; 0 = never.</summary>
    public int NewlineFavorLen { get; init; }

    /// <summary>Where a text is cut in any case; empty = nowhere.</summary>
    public string HardCut { get; init; } = "";

    /// <summary>Pieces between hard cuts with no more characters (blanks at the ends aside) are left out.</summary>
    public int MinChars { get; init; }

    /// <summary>An end token stands behind each piece.</summary>
    public bool AppendEos { get; init; } = true;
}

/// <summary>
/// Raw text as text-generation-webui's classic trainer cut it: hard cuts, blocks of tokens with overlap, each block decoded, trimmed
/// to whole lines and tokenized again. A block begins where a reader would begin; blocks differ in length.
/// </summary>
public static class TextChunks
{
    /// <summary>The blocks that hold anything to learn (two tokens or more).</summary>
    /// <exception cref="InvalidInputException">The overlap leaves no step.</exception>
    public static IReadOnlyList<TrainingExample> Cut(string text, Tokenizer tokenizer, TextChunkOptions options) =>
        [.. Blocks(text, tokenizer, options).Select(block => Trim(tokenizer.Decode(block, skipSpecialTokens: false), options.NewlineFavorLen))
            .Select(chunk => Encode(chunk, tokenizer, options.BlockSize)).Where(ids => ids.Length > 1).Select(ids => new TrainingExample(ids, ids))];

    /// <summary>The blocks of tokens before they are trimmed.</summary>
    /// <exception cref="InvalidInputException">The overlap leaves no step.</exception>
    internal static IEnumerable<int[]> Blocks(string text, Tokenizer tokenizer, TextChunkOptions options)
    {
        if (options.Overlap < 0 || options.Overlap >= options.BlockSize)
            throw new InvalidInputException($"The overlap of {options.Overlap} tokens leaves no step of a block of {options.BlockSize}.", "stride_length", "Give less than the block size.");
        return Enumerate();

        IEnumerable<int[]> Enumerate()
        {
            foreach (string piece in options.HardCut.Length == 0 ? [text] : text.Split(options.HardCut))
            {
                if (Length(piece.AsSpan().Trim()) <= options.MinChars) continue;
                int[] ids = tokenizer.EncodeIds(piece, addSpecialTokens: true);
                if (options.AppendEos && tokenizer.SpecialTokens.Eos is { } eos) ids = [.. ids, eos.Id];
                for (int at = 0; at < ids.Length; at += options.BlockSize - options.Overlap) yield return ids[at..Math.Min(at + options.BlockSize, ids.Length)];
            }
        }
    }

    /// <summary>Drops a broken line at the front and at the end, if it is shorter than <paramref name="favor"/> characters.</summary>
    internal static string Trim(string chunk, int favor)
    {
        if (favor <= 0) return chunk;
        int first = chunk.IndexOf('\n');
        if (first < 0) return chunk;
        if (Length(chunk.AsSpan(0, first)) < favor) chunk = chunk[(first + 1)..];
        int last = chunk.LastIndexOf('\n');
        return last >= 0 && Length(chunk.AsSpan(last)) < favor ? chunk[..last] : chunk;
    }

    /// <summary>The tokens of a trimmed block, with the beginning token once.</summary>
    internal static int[] Encode(string chunk, Tokenizer tokenizer, int blockSize)
    {
        int[] ids = tokenizer.EncodeIds(chunk, addSpecialTokens: true);
        if (ids.Length > blockSize) ids = ids[..blockSize];
        return tokenizer.SpecialTokens.Bos is { } bos && ids is [var first, var second, ..] && first == bos.Id && second == bos.Id ? ids[1..] : ids;
    }

    // Characters as Unicode counts them.
    private static int Length(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes()) count++;
        return count;
    }
}
