namespace TuneSharp.Tokenizers.Text;

/// <summary>One character of a changed text and what its step consumed of the text before (see <see cref="AlignedText.Transform"/>).</summary>
/// <param name="Change">1: inserted, nothing consumed. 0: stands for one character. −k: stands for one character, k more behind it are dropped.</param>
internal readonly record struct CharacterChange(int CodePoint, int Change);

/// <summary>
/// A section of text in UTF-8 that remembers for every byte which bytes of the source it came from. Without a change the
/// mapping is the identity, widened to whole characters, and costs nothing. All positions in the source are byte offsets.
/// </summary>
internal sealed class AlignedText
{
    private readonly byte[] _buffer;
    private readonly int _offset;
    private readonly int[]? _starts; // null: identity
    private readonly int[]? _ends;

    private AlignedText(byte[] buffer, int offset, int length, TextBudget budget, bool tracked, int origin, int[]? starts, int[]? ends)
    {
        Budget = budget;
        _buffer = buffer;
        _offset = offset;
        Length = length;
        Tracked = tracked;
        Origin = origin;
        _starts = starts;
        _ends = ends;
    }

    /// <summary>Bytes [start, start + length) of the source itself.</summary>
    /// <param name="tracked">False when nobody will ask for source positions: changes then build no mapping.</param>
    public static AlignedText FromSource(byte[] source, int start, int length, bool tracked, TextBudget? budget = null) =>
        new(source, start, length, budget ?? new TextBudget(length), tracked, start, null, null);

    /// <summary>What may still be spent on the text that this is a part of.</summary>
    public TextBudget Budget { get; }

    public int Length { get; }

    public bool Tracked { get; }

    /// <summary>Where the section starts in the source.</summary>
    public int Origin { get; }

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_offset, Length);

    /// <summary>Start in the source of what the byte at <paramref name="at"/> stands for.</summary>
    public int SourceStart(int at) => _starts is null ? Origin + Utf8.CharacterStart(Bytes, at) : _starts[at];

    /// <summary>End in the source of what the byte at <paramref name="at"/> stands for.</summary>
    public int SourceEnd(int at)
    {
        if (_ends is not null) return _ends[at];
        int start = Utf8.CharacterStart(Bytes, at);
        return Origin + start + Utf8.LengthOf(Bytes[start]);
    }

    /// <summary>A part of this text as a text of its own.</summary>
    public AlignedText Slice(int start, int length)
    {
        if (start == 0 && length == Length) return this;
        if (!Tracked || length == 0) return new AlignedText(_buffer, _offset + start, length, Budget, Tracked, Tracked ? Origin : 0, null, null);
        int origin = SourceStart(start);
        return _starts is null
            ? new AlignedText(_buffer, _offset + start, length, Budget, true, origin, null, null)
            : new AlignedText(_buffer, _offset + start, length, Budget, true, origin, _starts[start..(start + length)], _ends![start..(start + length)]);
    }

    /// <summary>
    /// The text that <paramref name="characters"/> spell out. A character that stands for one of this text takes over its
    /// place in the source; an inserted one shares the place of the character before it (at the front: the empty place there).
    /// </summary>
    /// <param name="skip">Number of characters dropped at the front before the first one.</param>
    public AlignedText Transform(ReadOnlySpan<CharacterChange> characters, int skip)
    {
        var result = new AlignedTextBuilder(this, characters.Length);
        int at = 0;
        ReadOnlySpan<byte> bytes = Bytes;
        for (; skip > 0 && at < bytes.Length; skip--) at += Utf8.LengthOf(bytes[at]);
        foreach ((int codePoint, int change) in characters)
        {
            if (change > 0 || at >= bytes.Length)
            {
                result.Append(codePoint, at - 1);
                continue;
            }
            result.Append(codePoint, at);
            for (int consumed = 0; consumed <= -change && at < bytes.Length; consumed++) at += Utf8.LengthOf(bytes[at]);
        }
        return result.ToText();
    }

    internal static AlignedText Create(byte[] buffer, int length, TextBudget budget, bool tracked, int origin, int[]? starts, int[]? ends) =>
        new(buffer, 0, length, budget, tracked, origin, starts, ends);
}

/// <summary>Collects a changed text byte by byte together with the places in the source.</summary>
internal sealed class AlignedTextBuilder
{
    private readonly AlignedText _from;
    private byte[] _bytes;
    private int[]? _starts;
    private int[]? _ends;
    private int _length;

    public AlignedTextBuilder(AlignedText from, int expectedCharacters)
    {
        _from = from;
        int capacity = Math.Max(16, Math.Max(expectedCharacters, from.Length) + 8);
        _bytes = new byte[capacity];
        if (!from.Tracked) return;
        _starts = new int[capacity];
        _ends = new int[capacity];
    }

    /// <summary>Appends a character that stands where byte <paramref name="place"/> of the former text stands; −1: the empty place at the front.</summary>
    public void Append(int codePoint, int place)
    {
        Reserve(4);
        int written = Utf8.Encode(codePoint, _bytes.AsSpan(_length));
        Mark(place, written);
    }

    public void Append(ReadOnlySpan<byte> characters, int place)
    {
        Reserve(characters.Length);
        characters.CopyTo(_bytes.AsSpan(_length));
        Mark(place, characters.Length);
    }

    /// <summary>Takes bytes [start, end) of the former text over as they are.</summary>
    public void Keep(int start, int end)
    {
        Reserve(end - start);
        _from.Bytes[start..end].CopyTo(_bytes.AsSpan(_length));
        if (_starts is not null)
            for (int i = start; i < end; i++)
            {
                _starts[_length + i - start] = _from.SourceStart(i);
                _ends![_length + i - start] = _from.SourceEnd(i);
            }
        _length += end - start;
    }

    public AlignedText ToText() => AlignedText.Create(_bytes, _length, _from.Budget, _from.Tracked, _from.Origin, _starts, _ends);

    private void Mark(int place, int count)
    {
        if (_starts is not null)
        {
            int start = place < 0 ? _from.Origin : _from.SourceStart(place);
            int end = place < 0 ? _from.Origin : _from.SourceEnd(place);
            _starts.AsSpan(_length, count).Fill(start);
            _ends.AsSpan(_length, count).Fill(end);
        }
        _length += count;
    }

    private void Reserve(int count)
    {
        if (_length + count <= _bytes.Length) return;
        _from.Budget.CheckSize((long)_length + count);
        int capacity = (int)Math.Min(Math.Max(_bytes.Length * 2L, (long)_length + count), Array.MaxLength);
        Array.Resize(ref _bytes, capacity);
        if (_starts is null) return;
        Array.Resize(ref _starts, capacity);
        Array.Resize(ref _ends, capacity);
    }
}
