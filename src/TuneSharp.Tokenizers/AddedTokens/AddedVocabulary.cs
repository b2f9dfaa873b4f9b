using TuneSharp.Tokenizers.Normalization;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.AddedTokens;

/// <summary>A part of the text: an added token, or (Token null) text between them.</summary>
internal readonly record struct Section(int Start, int End, AddedToken? Token);

/// <summary>All added tokens of a tokenizer: found in the raw text first, the others in the normalized text between those.</summary>
internal sealed class AddedVocabulary
{
    private readonly IReadOnlyList<AddedToken> _tokens;
    private readonly TokenTrie _raw;
    private readonly TokenTrie _normalized;
    private readonly Dictionary<int, AddedToken> _byId = [];
    private readonly Dictionary<string, AddedToken> _byContent = new(StringComparer.Ordinal);

    public AddedVocabulary(IReadOnlyList<AddedToken> tokens, Normalizer? normalizer)
    {
        _tokens = tokens;
        var raw = new List<(byte[], int)>();
        var normalized = new List<(byte[], int)>();
        for (int i = 0; i < tokens.Count; i++)
        {
            AddedToken token = tokens[i];
            _byId[token.Id] = token;
            _byContent[token.Content] = token;
            if (token.NeverInText) continue;
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(token.Content);
            if (!token.Normalized)
            {
                raw.Add((bytes, i));
                continue;
            }
            AlignedText text = AlignedText.FromSource(bytes, 0, bytes.Length, tracked: false);
            byte[] content = (normalizer?.Apply(text) ?? text).Bytes.ToArray();
            if (content.Length > 0) normalized.Add((content, i));
        }
        _raw = new TokenTrie(raw);
        _normalized = new TokenTrie(normalized);
    }

    public IReadOnlyList<AddedToken> Tokens => _tokens;

    public AddedToken? WithId(int id) => _byId.GetValueOrDefault(id);

    public AddedToken? WithContent(string content) => _byContent.GetValueOrDefault(content);

    public bool HasNormalized => !_normalized.IsEmpty;

    /// <summary>Appends the sections of raw text.</summary>
    /// <param name="splitSpecial">Special tokens count as plain text; a match of one is passed over as a whole.</param>
    public void CutRaw(ReadOnlySpan<byte> text, bool splitSpecial, List<Section> sections) => Cut(_raw, text, splitSpecial, sections);

    public void CutNormalized(ReadOnlySpan<byte> text, bool splitSpecial, List<Section> sections) => Cut(_normalized, text, splitSpecial, sections);

    private void Cut(TokenTrie trie, ReadOnlySpan<byte> text, bool splitSpecial, List<Section> sections)
    {
        int done = 0;
        if (!trie.IsEmpty)
        {
            int from = 0;
            while (trie.Find(text, from, out int start, out int end) is >= 0 and int index)
            {
                from = end;
                AddedToken token = _tokens[index];
                if (splitSpecial && token.IsSpecial) continue;
                if (token.SingleWord && (WordCharacters.EndsWithOne(text[..start]) || WordCharacters.StartsWithOne(text[end..]))) continue;
                if (token.StripLeft) start = TrimEnd(text, done, start);
                if (token.StripRight) end = TrimStart(text, end);
                if (start < done) start = done;
                if (start > done) sections.Add(new Section(done, start, null));
                sections.Add(new Section(start, end, token));
                done = end;
                from = Math.Max(from, end);
            }
        }
        if (done < text.Length) sections.Add(new Section(done, text.Length, null));
    }

    private static int TrimEnd(ReadOnlySpan<byte> text, int from, int end)
    {
        while (end > from)
        {
            int start = Utf8.PreviousStart(text, end);
            if (!CodePointClasses.IsWhiteSpace(Utf8.Decode(text, start, out _))) break;
            end = start;
        }
        return end;
    }

    private static int TrimStart(ReadOnlySpan<byte> text, int start)
    {
        while (start < text.Length && CodePointClasses.IsWhiteSpace(Utf8.Decode(text, start, out int length))) start += length;
        return start;
    }
}
