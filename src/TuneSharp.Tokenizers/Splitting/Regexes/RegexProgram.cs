using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting.Regexes;

internal enum RegexOp : byte
{
    /// <summary>One character of the set A.</summary>
    Character,
    /// <summary>Goes on at A, later perhaps at B.</summary>
    Fork,
    Jump,
    Anchor,
    /// <summary>Set A, at least B times, greedy, then one fewer at a time. Count limit in C (−1: none).</summary>
    CharacterLoop,
    /// <summary>The same, never fewer.</summary>
    CharacterLoopPossessive,
    /// <summary>Runs the program from the next instruction to its Accept, then goes on at A from where that ended.</summary>
    Atomic,
    /// <summary>The same without moving; B: 1 when it must fail.</summary>
    LookAhead,
    /// <summary>As LookAhead, started C characters before.</summary>
    LookBehind,
    /// <summary>Remembers the position in register A.</summary>
    Mark,
    /// <summary>Leaves the loop (to B) when nothing was consumed since Mark A.</summary>
    LeaveIfEmpty,
    Accept,
}

internal readonly record struct RegexInstruction(RegexOp Op, int A = 0, int B = 0, int C = 0);

/// <summary>A set with a bit map for ASCII.</summary>
internal sealed class CharacterTest(CodePointSet set)
{
    private readonly ulong _low = Bits(set, 0);
    private readonly ulong _high = Bits(set, 64);

    public bool Contains(int codePoint) => codePoint < 128
        ? ((codePoint < 64 ? _low : _high) >> (codePoint & 63) & 1) != 0
        : set.Contains(codePoint);

    private static ulong Bits(CodePointSet set, int from)
    {
        ulong bits = 0;
        for (int i = 0; i < 64; i++)
            if (set.Contains(from + i)) bits |= 1UL << i;
        return bits;
    }
}

/// <summary>A pattern as instructions of a backtracking machine. Counted repeats are written out.</summary>
internal sealed class RegexProgram
{
    private const int MostInstructions = 50_000;

    private readonly List<RegexInstruction> _instructions = [];
    private readonly List<CharacterTest> _sets = [];
    private readonly string _where;

    public RegexProgram(RegexNode node, string where)
    {
        _where = where;
        Compile(node);
        Emit(new RegexInstruction(RegexOp.Accept));
        Instructions = [.. _instructions];
        Sets = [.. _sets];
    }

    public RegexInstruction[] Instructions { get; }

    public CharacterTest[] Sets { get; }

    public int NumRegisters { get; private set; }

    private int Emit(RegexInstruction instruction)
    {
        if (_instructions.Count >= MostInstructions)
            throw new Formats.InvalidInputException("The regular expression repeats too much to be run.", _where, "Use a pattern with smaller repeat counts.");
        _instructions.Add(instruction);
        return _instructions.Count - 1;
    }

    private int AddSet(CodePointSet set)
    {
        _sets.Add(new CharacterTest(set));
        return _sets.Count - 1;
    }

    private void Compile(RegexNode node)
    {
        switch (node)
        {
            case CharacterNode character: Emit(new RegexInstruction(RegexOp.Character, AddSet(character.Set))); break;
            case SequenceNode sequence:
                foreach (RegexNode part in sequence.Parts) Compile(part);
                break;
            case ChoiceNode choice: CompileChoice(choice); break;
            case RepeatNode { Mode: RepeatMode.Possessive, Body: not CharacterNode } repeat:
                CompileInner(RegexOp.Atomic, repeat with { Mode = RepeatMode.Greedy }, 0, 0);
                break;
            case RepeatNode { Body: CharacterNode character, Mode: not RepeatMode.Lazy } repeat:
                RegexOp op = repeat.Mode == RepeatMode.Greedy ? RegexOp.CharacterLoop : RegexOp.CharacterLoopPossessive;
                Emit(new RegexInstruction(op, AddSet(character.Set), repeat.Minimum, repeat.Maximum));
                break;
            case RepeatNode repeat: CompileRepeat(repeat); break;
            case AtomicNode atomic: CompileInner(RegexOp.Atomic, atomic.Body, 0, 0); break;
            case LookNode look: CompileLook(look); break;
            case AnchorNode anchor: Emit(new RegexInstruction(RegexOp.Anchor, (int)anchor.Kind)); break;
            default: throw new NotSupportedException(node.GetType().Name);
        }
    }

    private void CompileChoice(ChoiceNode choice)
    {
        var ends = new List<int>();
        for (int i = 0; i < choice.Alternatives.Count; i++)
        {
            bool last = i == choice.Alternatives.Count - 1;
            int fork = last ? -1 : Emit(default);
            Compile(choice.Alternatives[i]);
            if (last) break;
            ends.Add(Emit(default));
            _instructions[fork] = new RegexInstruction(RegexOp.Fork, fork + 1, _instructions.Count);
        }
        foreach (int end in ends) _instructions[end] = new RegexInstruction(RegexOp.Jump, _instructions.Count);
    }

    private void CompileRepeat(RepeatNode repeat)
    {
        for (int i = 0; i < repeat.Minimum; i++) Compile(repeat.Body);
        if (repeat.Maximum < 0)
        {
            int fork = Emit(default);
            CompileLoopBody(repeat, fork);
            return;
        }
        var forks = new List<int>();
        for (int i = repeat.Minimum; i < repeat.Maximum; i++)
        {
            forks.Add(Emit(default));
            Compile(repeat.Body);
        }
        foreach (int fork in forks) SetFork(fork, fork + 1, _instructions.Count, repeat.Mode);
    }

    private void CompileLoopBody(RepeatNode repeat, int fork)
    {
        int leave = -1;
        int register = -1;
        if (repeat.Body.CanBeEmpty)
        {
            register = NumRegisters++;
            Emit(new RegexInstruction(RegexOp.Mark, register));
        }
        Compile(repeat.Body);
        if (register >= 0) leave = Emit(default);
        Emit(new RegexInstruction(RegexOp.Jump, fork));
        int end = _instructions.Count;
        if (leave >= 0) _instructions[leave] = new RegexInstruction(RegexOp.LeaveIfEmpty, register, end);
        SetFork(fork, fork + 1, end, repeat.Mode);
    }

    private void SetFork(int fork, int body, int end, RepeatMode mode) =>
        _instructions[fork] = mode == RepeatMode.Lazy ? new RegexInstruction(RegexOp.Fork, end, body) : new RegexInstruction(RegexOp.Fork, body, end);

    private void CompileInner(RegexOp op, RegexNode body, int b, int c)
    {
        int start = Emit(default);
        Compile(body);
        Emit(new RegexInstruction(RegexOp.Accept));
        _instructions[start] = new RegexInstruction(op, _instructions.Count, b, c);
    }

    private void CompileLook(LookNode look)
    {
        int negative = look.Negative ? 1 : 0;
        if (!look.Behind)
        {
            CompileInner(RegexOp.LookAhead, look.Body, negative, 0);
            return;
        }
        IReadOnlyList<RegexNode> alternatives = look.Body is ChoiceNode choice ? choice.Alternatives : [look.Body];
        if (look.Negative || alternatives.Count == 1)
        {
            foreach (RegexNode alternative in alternatives) CompileInner(RegexOp.LookBehind, alternative, negative, alternative.FixedLength);
            return;
        }
        CompileChoice(new ChoiceNode([.. alternatives.Select(alternative => new LookNode(alternative, Behind: true, Negative: false))]));
    }
}
