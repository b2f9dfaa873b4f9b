using TuneSharp.Tokenizers.AddedTokens;
using TuneSharp.Tokenizers.Models.Bpe;
using TuneSharp.Tokenizers.Splitting;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers;

/// <summary>A piece of text and the first of its tokens.</summary>
/// <param name="Text">The text that the piece is part of; its tokens follow one another from <paramref name="Start"/> on.</param>
/// <param name="IsAddedToken">The piece is an added token, blanks that it swallowed included.</param>
internal readonly record struct Word(AlignedText Text, int Start, int FirstToken, bool IsAddedToken = false);

/// <summary>Memory of one encoding at a time: rented, filled, read, given back.</summary>
internal sealed class PipelineWorker
{
    private byte[] _source = new byte[1024];
    private int _length;
    private TextBudget? _budget;

    /// <summary>The text in UTF-8; a lone surrogate became U+FFFD.</summary>
    public ReadOnlySpan<byte> Source => _source.AsSpan(0, _length);

    public bool Recording { get; private set; }

    /// <summary>As <see cref="Models.ITokenModel.SpelledByText"/> of the model that filled the worker.</summary>
    public int? SpelledByText { get; private set; }

    public List<Section> RawSections { get; } = [];

    public List<Piece> Pieces { get; } = [];

    public IntList Ends { get; } = new();

    public TokenBuffer Tokens { get; } = new();

    public List<Word> Words { get; } = [];

    public BpeWorker Bpe { get; } = new();

    public void SetSource(ReadOnlySpan<char> text)
    {
        int needed = System.Text.Encoding.UTF8.GetMaxByteCount(text.Length);
        if (needed > _source.Length) needed = Math.Max(System.Text.Encoding.UTF8.GetByteCount(text), _source.Length);
        if (needed > _source.Length) _source = new byte[Math.Max(needed, Math.Min(2 * (long)_source.Length, Array.MaxLength))];
        _length = System.Text.Encoding.UTF8.GetBytes(text, _source);
    }

    public void Start(bool record, int? spelledByText)
    {
        Recording = record;
        SpelledByText = spelledByText;
        _budget = null;
        RawSections.Clear();
        Tokens.Clear();
        Words.Clear();
    }

    public AlignedText Text(int start, int length, bool tracked = true) => AlignedText.FromSource(_source, start, length, tracked, _budget ??= new TextBudget(_length));

    public void BeginWord(AlignedText text, int start)
    {
        if (Recording) Words.Add(new Word(text, start, Tokens.Count));
    }

    public void AddWhole(int id, int length, AlignedText? text, int start)
    {
        if (Recording) Words.Add(new Word(text!, start, Tokens.Count, IsAddedToken: true));
        Tokens.Add(id, length);
    }

    /// <summary>Lets go of what the last text needed: large texts, pieces that refer to it.</summary>
    public void Release()
    {
        RawSections.Clear();
        Pieces.Clear();
        Words.Clear();
        if (_source.Length > 1 << 22) _source = new byte[1024];
    }
}
