using TuneSharp.Tokenizers.PostProcessing;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers;

/// <summary>
/// A text as tokens, with everything that is known about each one. All lists are as long as <see cref="Ids"/>.
/// A token that holds part of a character has the place of the whole character; an inserted one (BOS, padding) has (0, 0).
/// What is not asked for is not computed.
/// </summary>
public sealed class Encoding
{
    private readonly DraftToken[] _tokens;
    private readonly TokenizerVocabulary? _vocabulary;
    private readonly IReadOnlyList<TextPositions> _texts;
    private readonly int _paddingFrom; // [from, to) is padding
    private readonly int _paddingTo;
    private string[]? _spellings;
    private TextSpan[]? _offsets;
    private TextSpan[]? _codePointOffsets;
    private TextSpan[]? _byteOffsets;
    private int[]? _typeIds;
    private int[]? _specialTokensMask;
    private int[]? _attentionMask;
    private int?[]? _wordIds;
    private int?[]? _sequenceIds;

    internal Encoding(EncodingDraft draft, TokenizerVocabulary vocabulary, IReadOnlyList<TextPositions> texts)
    {
        _tokens = [.. draft.Tokens];
        _vocabulary = vocabulary;
        _texts = texts;
        Ids = Each(token => token.Id);
        Overflowing = [.. draft.Overflowing.Select(window => new Encoding(window, vocabulary, texts))];
    }

    private Encoding(Encoding from, int missing, PaddingOptions options, IReadOnlyList<Encoding> overflowing)
    {
        DraftToken[] padding = new DraftToken[missing];
        Array.Fill(padding, DraftToken.Special(options.PadId, options.PadToken, options.PadTypeId));
        bool right = options.Direction == TextSide.Right;
        _tokens = right ? [.. from._tokens, .. padding] : [.. padding, .. from._tokens];
        _paddingFrom = right ? from.Count : 0;
        _paddingTo = _paddingFrom + missing;
        _vocabulary = from._vocabulary;
        _texts = from._texts;
        Ids = Each(token => token.Id);
        Overflowing = overflowing;
    }

    public int[] Ids { get; }

    public int Count => Ids.Length;

    /// <summary>Spelling in the vocabulary (<c>Ġthe</c>), not text; of an added token what was found, with the blanks that it swallowed.</summary>
    public string[] Tokens => _spellings ??= Each(token => token.Spelling ?? _vocabulary!.SpellingOf(token.Id)!);

    /// <summary>Places in the text in UTF-16 code units, as C# strings are indexed.</summary>
    public TextSpan[] Offsets => _offsets ??= Each(token => token.IsInserted
        ? default
        : new TextSpan(_texts[token.Sequence].Utf16Of(token.Start), _texts[token.Sequence].Utf16Of(token.End)));

    /// <summary>The same in Unicode code points.</summary>
    public TextSpan[] CodePointOffsets => _codePointOffsets ??= Each(token => new TextSpan(token.Start, token.End));

    /// <summary>The same in bytes of UTF-8.</summary>
    public TextSpan[] ByteOffsets => _byteOffsets ??= Each(token => token.IsInserted
        ? default
        : new TextSpan(_texts[token.Sequence].ByteOf(token.Start), _texts[token.Sequence].ByteOf(token.End)));

    /// <summary>0 for the first text, 1 for the second, or what the template says.</summary>
    public int[] TypeIds => _typeIds ??= Each(token => token.TypeId);

    /// <summary>1 for tokens that the post-processor or padding put in.</summary>
    public int[] SpecialTokensMask => _specialTokensMask ??= Each(token => token.IsInserted ? 1 : 0);

    /// <summary>0 for padding.</summary>
    public int[] AttentionMask => _attentionMask ??= [.. Enumerable.Range(0, Count).Select(i => i >= _paddingFrom && i < _paddingTo ? 0 : 1)];

    /// <summary>Number of the piece (word) in its text; null for inserted tokens.</summary>
    public int?[] WordIds => _wordIds ??= Each(token => token.Word < 0 ? (int?)null : token.Word);

    /// <summary>0 or 1: which text the token is from; null for inserted tokens.</summary>
    public int?[] SequenceIds => _sequenceIds ??= Each(token => token.IsInserted ? (int?)null : token.Sequence);

    /// <summary>The further windows when the text was truncated.</summary>
    public IReadOnlyList<Encoding> Overflowing { get; }

    /// <summary>The encoding and its windows, filled up to a length.</summary>
    internal Encoding Pad(int length, PaddingOptions options) =>
        new(this, Math.Max(0, length - Count), options, [.. Overflowing.Select(window => window.Pad(length, options))]);

    private T[] Each<T>(Func<DraftToken, T> value)
    {
        T[] values = new T[_tokens.Length];
        for (int i = 0; i < values.Length; i++) values[i] = value(_tokens[i]);
        return values;
    }
}
