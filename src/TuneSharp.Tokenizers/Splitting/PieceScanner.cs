namespace TuneSharp.Tokenizers.Splitting;

/// <summary>
/// A splitting rule known by its text, written by hand over UTF-8. It covers the text without gaps, so a piece is told by
/// its end. Each scanner gives exactly the pieces of its <see cref="Pattern"/>; tests compare them on random text.
/// </summary>
internal abstract class PieceScanner
{
    /// <summary>The regular expression (Oniguruma) that this scanner stands for.</summary>
    public abstract string Pattern { get; }

    /// <summary>Appends the end of each piece of <paramref name="text"/> in order.</summary>
    public abstract void Split(ReadOnlySpan<byte> text, IntList ends);

    private static readonly Dictionary<string, PieceScanner> s_known =
        new PieceScanner[] { Gpt2Scanner.Instance, Qwen2Scanner.Qwen2, Qwen2Scanner.Llama3 }.ToDictionary(s => s.Pattern, StringComparer.Ordinal);

    /// <summary>The scanner for a pattern; null when it is not one of the known ones.</summary>
    public static PieceScanner? For(string pattern) => s_known.GetValueOrDefault(pattern);

    public static IEnumerable<PieceScanner> Known => s_known.Values;
}
