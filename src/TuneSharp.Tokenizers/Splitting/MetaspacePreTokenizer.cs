using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting;

/// <summary>Where Metaspace puts its sign in front.</summary>
internal enum PrependScheme
{
    /// <summary>In front of every section of text.</summary>
    Always,
    /// <summary>Only at the start of the whole text.</summary>
    First,
    Never,
}

/// <summary>Metaspace: blanks become a sign (▁), one is put in front, and each piece begins with it.</summary>
internal sealed class MetaspacePreTokenizer(string replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    private readonly byte[] _sign = System.Text.Encoding.UTF8.GetBytes(replacement);

    public override bool NeedsSource => scheme == PrependScheme.First;

    public override void Split(Piece piece, List<Piece> output)
    {
        AlignedText text = ReplaceBlanks(piece.ToText());
        bool prepend = scheme == PrependScheme.Always || (scheme == PrependScheme.First && text.SourceStart(0) == 0);
        if (prepend && !text.Bytes.StartsWith(_sign))
        {
            var prefixed = new AlignedTextBuilder(text, text.Length + _sign.Length);
            prefixed.Append(_sign, 0);
            prefixed.Keep(0, text.Length);
            text = prefixed.ToText();
        }
        Piece whole = Piece.Whole(text);
        if (!split)
        {
            output.Add(whole);
            return;
        }
        // Every sign begins a piece; signs in a row are pieces of their own.
        int start = 0;
        ReadOnlySpan<byte> bytes = text.Bytes;
        while (true)
        {
            int from = bytes[start..].StartsWith(_sign) ? start + _sign.Length : start;
            int next = bytes[from..].IndexOf(_sign);
            if (next < 0) break;
            AddPart(whole, start, from + next, output);
            start = from + next;
        }
        AddPart(whole, start, text.Length, output);
    }

    private AlignedText ReplaceBlanks(AlignedText text)
    {
        if (text.Bytes.IndexOf((byte)' ') < 0) return text;
        var result = new AlignedTextBuilder(text, text.Length + 16);
        int done = 0;
        for (int at = 0; at < text.Length; at++)
        {
            if (text.Bytes[at] != ' ') continue;
            result.Keep(done, at);
            result.Append(_sign, at);
            done = at + 1;
        }
        result.Keep(done, text.Length);
        return result.ToText();
    }
}
