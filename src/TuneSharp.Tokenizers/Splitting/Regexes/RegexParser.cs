using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting.Regexes;

/// <summary>
/// Reads a pattern in the syntax of Oniguruma (Ruby): <c>^</c> and <c>$</c> are line anchors, <c>.</c> is all but a line feed,
/// <c>x++</c> is possessive, <c>x{1,3}+</c> is not. Captures are plain groups; back references are refused.
/// </summary>
internal sealed class RegexParser
{
    private const int DeepestNesting = 50;
    private const int LongestPattern = 20_000;
    private const int MostRepeats = 1000;

    private readonly PatternText _text;
    private bool _ignoreCase;
    private bool _dotIsAll;
    private bool _extended;
    private int _depth;

    private RegexParser(PatternText text) => _text = text;

    public static RegexNode Parse(string pattern, string where)
    {
        var text = new PatternText(pattern, where);
        if (pattern.Length > LongestPattern) throw text.Error($"has more than {LongestPattern} characters");
        var parser = new RegexParser(text);
        RegexNode node = parser.ReadChoice();
        if (!text.IsAtEnd) throw text.Error("has a ) without its (");
        return node;
    }

    private RegexNode ReadChoice()
    {
        if (++_depth > DeepestNesting) throw _text.Error($"nests groups more than {DeepestNesting} deep");
        var alternatives = new List<RegexNode> { ReadSequence() };
        while (_text.TryTake('|')) alternatives.Add(ReadSequence());
        _depth--;
        return alternatives.Count == 1 ? alternatives[0] : new ChoiceNode(alternatives);
    }

    private SequenceNode ReadSequence()
    {
        var parts = new List<RegexNode>();
        while (true)
        {
            SkipComments();
            if (_text.IsAtEnd || _text.Next is '|' or ')') return new SequenceNode(parts);
            if (TryReadOptions(out RegexNode? rest))
            {
                if (rest is not null) parts.Add(rest);
                continue;
            }
            parts.Add(ReadRepeats(ReadAtom()));
        }
    }

    /// <summary><c>(?i)</c> holds to the end of the group, alternatives included.</summary>
    private bool TryReadOptions(out RegexNode? rest)
    {
        rest = null;
        int start = _text.At;
        if (!_text.TryTake("(?") || _text.Next is not ('i' or 'm' or 'x' or '-'))
        {
            _text.At = start;
            return false;
        }
        (bool, bool, bool) before = (_ignoreCase, _dotIsAll, _extended);
        ReadFlags();
        if (_text.TryTake(')'))
        {
            rest = ReadChoice();
        }
        else if (_text.TryTake(':'))
        {
            RegexNode group = ReadChoice();
            if (!_text.TryTake(')')) throw _text.Error("has a ( without its )");
            (_ignoreCase, _dotIsAll, _extended) = before;
            rest = ReadRepeats(group);
            return true;
        }
        else
        {
            throw _text.Error("has unknown options behind (?");
        }
        (_ignoreCase, _dotIsAll, _extended) = before;
        return true;
    }

    private void ReadFlags()
    {
        bool on = true;
        while (_text.Next is 'i' or 'm' or 'x' or '-')
        {
            switch (_text.Take())
            {
                case '-': on = false; break;
                case 'i': _ignoreCase = on; break;
                case 'm': _dotIsAll = on; break;
                default: _extended = on; break;
            }
        }
    }

    private RegexNode ReadAtom()
    {
        int c = _text.Take();
        switch (c)
        {
            case '.': return new CharacterNode(_dotIsAll ? CodePointSet.All : CodePointSet.OfRange('\n', '\n').Complement());
            case '^': return new AnchorNode(AnchorKind.LineStart);
            case '$': return new AnchorNode(AnchorKind.LineEnd);
            case '[': return new CharacterNode(BracketParser.Read(_text, _ignoreCase));
            case '(': return ReadGroup();
            case '\\': return ReadEscape();
            case '*' or '+' or '?': throw _text.Error("repeats nothing");
            default: return Literal(c);
        }
    }

    private CharacterNode Literal(int c)
    {
        CodePointSet set = CodePointSet.OfRange(c, c);
        return new CharacterNode(_ignoreCase ? CaseFolding.Close(set) : set);
    }

    private RegexNode ReadGroup()
    {
        (bool, bool, bool) before = (_ignoreCase, _dotIsAll, _extended);
        RegexNode node;
        if (!_text.TryTake('?')) node = ReadChoice();
        else if (_text.TryTake(':')) node = ReadChoice();
        else if (_text.TryTake('>')) node = new AtomicNode(ReadChoice());
        else if (_text.TryTake('=')) node = new LookNode(ReadChoice(), Behind: false, Negative: false);
        else if (_text.TryTake('!')) node = new LookNode(ReadChoice(), Behind: false, Negative: true);
        else if (_text.TryTake("<=")) node = LookBehind(negative: false);
        else if (_text.TryTake("<!")) node = LookBehind(negative: true);
        else if (_text.TryTake('<')) node = ReadNamed('>');
        else if (_text.TryTake('\'')) node = ReadNamed('\'');
        else throw _text.Error("has an unknown kind of group behind (?");
        if (!_text.TryTake(')')) throw _text.Error("has a ( without its )");
        (_ignoreCase, _dotIsAll, _extended) = before;
        return node;
    }

    private LookNode LookBehind(bool negative)
    {
        RegexNode body = ReadChoice();
        IReadOnlyList<RegexNode> alternatives = body is ChoiceNode choice ? choice.Alternatives : [body];
        if (alternatives.Any(alternative => alternative.FixedLength < 0)) throw _text.Error("looks behind for something without a fixed length");
        return new LookNode(body, Behind: true, negative);
    }

    private RegexNode ReadNamed(char end)
    {
        while (_text.Take() != end) { }
        return ReadChoice();
    }

    private RegexNode ReadEscape()
    {
        if (_text.TryTakeSetEscape(inBrackets: false) is { } set) return new CharacterNode(set);
        switch (_text.Next)
        {
            case 'A': return Anchor(AnchorKind.TextStart);
            case 'z': return Anchor(AnchorKind.TextEnd);
            case 'Z': return Anchor(AnchorKind.TextEndOrLastLineEnd);
            case 'G': return Anchor(AnchorKind.SearchStart);
            case 'b': return Anchor(AnchorKind.WordBoundary);
            case 'B': return Anchor(AnchorKind.NoWordBoundary);
            case 'N':
                _text.Take();
                return new CharacterNode(CodePointSet.OfRange('\n', '\n').Complement());
            case 'O':
                _text.Take();
                return new CharacterNode(CodePointSet.All);
            case 'R':
                _text.Take();
                return new AtomicNode(new ChoiceNode(
                [
                    new SequenceNode([new CharacterNode(CodePointSet.OfRange('\r', '\r')), new CharacterNode(CodePointSet.OfRange('\n', '\n'))]),
                    new CharacterNode(CodePointSet.Where(c => c is >= '\n' and <= '\r' or 0x85 or 0x2028 or 0x2029)),
                ]));
            default: return Literal(_text.TakeCharacterEscape());
        }

        AnchorNode Anchor(AnchorKind kind)
        {
            _text.Take();
            return new AnchorNode(kind);
        }
    }

    private RegexNode ReadRepeats(RegexNode node)
    {
        for (int count = 0; ; count++)
        {
            SkipComments();
            if (count > DeepestNesting) throw _text.Error("repeats a repeat too often");
            if (_text.TryTake('*')) node = Repeat(node, 0, -1, ReadMode());
            else if (_text.TryTake('+')) node = Repeat(node, 1, -1, ReadMode());
            else if (_text.TryTake('?')) node = Repeat(node, 0, 1, ReadMode());
            else if (TryReadInterval(out int minimum, out int maximum))
            {
                // In Ruby x{n}? is an optional x{n}, and a + behind an interval repeats it.
                bool lazy = _text.Next == '?' && minimum != maximum && _text.TryTake('?');
                node = Repeat(node, minimum, maximum, lazy ? RepeatMode.Lazy : RepeatMode.Greedy);
            }
            else
            {
                return node;
            }
        }
    }

    private RepeatMode ReadMode() => _text.TryTake('?') ? RepeatMode.Lazy : _text.TryTake('+') ? RepeatMode.Possessive : RepeatMode.Greedy;

    private RepeatNode Repeat(RegexNode node, int minimum, int maximum, RepeatMode mode) =>
        node is AnchorNode or LookNode && mode == RepeatMode.Possessive
            ? throw _text.Error("repeats an anchor")
            : new RepeatNode(node, minimum, maximum, mode);

    /// <summary><c>{n}</c>, <c>{n,}</c>, <c>{,m}</c>, <c>{n,m}</c>; anything else is a plain brace.</summary>
    private bool TryReadInterval(out int minimum, out int maximum)
    {
        int start = _text.At;
        minimum = maximum = 0;
        if (!_text.TryTake('{')) return false;
        int low = _text.TakeNumber(MostRepeats);
        if (_text.TryTake(','))
        {
            int high = _text.TakeNumber(MostRepeats);
            if (_text.TryTake('}') && (low >= 0 || high >= 0))
            {
                minimum = Math.Max(low, 0);
                maximum = high;
                if (high >= 0 && high < minimum) throw _text.Error("has an interval whose end lies before its start");
                return true;
            }
        }
        else if (low >= 0 && _text.TryTake('}'))
        {
            minimum = maximum = low;
            return true;
        }
        _text.At = start;
        return false;
    }

    private void SkipComments()
    {
        while (true)
        {
            if (_text.TryTake("(?#"))
            {
                while (_text.Take() != ')') { }
            }
            else if (_extended && _text.Next is ' ' or '\t' or '\n' or '\r' or '\f' or '\v')
            {
                _text.Take();
            }
            else if (_extended && _text.Next == '#')
            {
                while (!_text.IsAtEnd && _text.Take() != '\n') { }
            }
            else
            {
                return;
            }
        }
    }
}
