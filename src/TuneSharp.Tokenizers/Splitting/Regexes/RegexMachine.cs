using System.Runtime.InteropServices;
using TuneSharp.Formats;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting.Regexes;

/// <summary>
/// Runs a program over the characters of one text by backtracking. Its stack is its own (deep patterns cannot overflow the
/// thread's; only groups inside groups recurse), and its steps are counted: a pattern that runs away ends in an error.
/// </summary>
internal sealed class RegexMachine
{
    /// <summary>A choice to come back to: at <c>Pc</c> from <c>At</c>; with <c>Least</c> below At, from each place down to Least.</summary>
    [StructLayout(LayoutKind.Auto)]
    private record struct Choice(int Pc, int At, int Least);

    private readonly RegexProgram _program;
    private readonly int[] _text;
    private readonly int[] _registers;
    private readonly string _where;
    private readonly List<Choice> _choices = [];
    private readonly TextBudget _budget;
    private long _stepsLeft;
    private int _searchStart;

    public RegexMachine(RegexProgram program, int[] text, TextBudget budget, string where)
    {
        _program = program;
        _text = text;
        _where = where;
        _registers = new int[program.NumRegisters];
        _budget = budget;
    }

    /// <summary>The first match at or behind <paramref name="from"/>.</summary>
    public bool Find(int from, out int start, out int end)
    {
        _searchStart = from;
        _stepsLeft = _budget.RegexSteps;
        end = -1;
        for (start = from; start <= _text.Length; start++)
        {
            end = Run(0, start);
            if (end >= 0) break;
        }
        _budget.RegexSteps = _stepsLeft;
        return end >= 0;
    }

    /// <summary>End of the match that starts exactly here; −1 when there is none.</summary>
    private int Run(int pc, int at)
    {
        int bottom = _choices.Count;
        RegexInstruction[] instructions = _program.Instructions;
        while (true)
        {
            if (--_stepsLeft < 0) throw OutOfTime();
            RegexInstruction instruction = instructions[pc];
            bool ok = true;
            switch (instruction.Op)
            {
                case RegexOp.Character:
                    ok = at < _text.Length && _program.Sets[instruction.A].Contains(_text[at]);
                    at++;
                    pc++;
                    break;
                case RegexOp.CharacterLoop or RegexOp.CharacterLoopPossessive:
                    int end = LoopEnd(instruction, at);
                    ok = end - at >= instruction.B;
                    pc++;
                    if (ok && instruction.Op == RegexOp.CharacterLoop && end - at > instruction.B)
                        _choices.Add(new Choice(pc, end - 1, at + instruction.B));
                    at = end;
                    break;
                case RegexOp.Fork:
                    _choices.Add(new Choice(instruction.B, at, at));
                    pc = instruction.A;
                    break;
                case RegexOp.Jump:
                    pc = instruction.A;
                    break;
                case RegexOp.Anchor:
                    ok = Holds((AnchorKind)instruction.A, at);
                    pc++;
                    break;
                case RegexOp.Atomic:
                    int inner = Run(pc + 1, at);
                    ok = inner >= 0;
                    at = inner;
                    pc = instruction.A;
                    break;
                case RegexOp.LookAhead:
                    ok = Run(pc + 1, at) >= 0 == (instruction.B == 0);
                    pc = instruction.A;
                    break;
                case RegexOp.LookBehind:
                    ok = (at >= instruction.C && Run(pc + 1, at - instruction.C) == at) == (instruction.B == 0);
                    pc = instruction.A;
                    break;
                case RegexOp.Mark:
                    // Undone on the way back: a choice with a negative address restores the register.
                    _choices.Add(new Choice(-1 - instruction.A, _registers[instruction.A], _registers[instruction.A]));
                    _registers[instruction.A] = at;
                    pc++;
                    break;
                case RegexOp.LeaveIfEmpty:
                    pc = _registers[instruction.A] == at ? instruction.B : pc + 1;
                    break;
                default:
                    _choices.RemoveRange(bottom, _choices.Count - bottom);
                    return at;
            }
            if (!ok && !Back(bottom, ref pc, ref at)) return -1;
        }
    }

    private bool Back(int bottom, ref int pc, ref int at)
    {
        while (_choices.Count > bottom)
        {
            int top = _choices.Count - 1;
            Choice choice = _choices[top];
            if (choice.Pc < 0)
            {
                _registers[-1 - choice.Pc] = choice.At;
                _choices.RemoveAt(top);
                continue;
            }
            pc = choice.Pc;
            at = choice.At;
            if (choice.At > choice.Least) _choices[top] = choice with { At = choice.At - 1 };
            else _choices.RemoveAt(top);
            return true;
        }
        return false;
    }

    private int LoopEnd(RegexInstruction loop, int at)
    {
        CharacterTest set = _program.Sets[loop.A];
        int limit = loop.C < 0 ? _text.Length : (int)Math.Min(_text.Length, (long)at + loop.C);
        int start = at;
        while (at < limit && set.Contains(_text[at])) at++;
        _stepsLeft -= (at - start) >> 2;
        return at;
    }

    private bool Holds(AnchorKind kind, int at) => kind switch
    {
        AnchorKind.LineStart => at == 0 || (_text[at - 1] == '\n' && at < _text.Length),
        AnchorKind.LineEnd => at == _text.Length || _text[at] == '\n',
        AnchorKind.TextStart => at == 0,
        AnchorKind.TextEnd => at == _text.Length,
        AnchorKind.TextEndOrLastLineEnd => at == _text.Length || (at == _text.Length - 1 && _text[at] == '\n'),
        AnchorKind.SearchStart => at == _searchStart,
        AnchorKind.WordBoundary => IsWord(at - 1) != IsWord(at),
        _ => IsWord(at - 1) == IsWord(at),
    };

    private bool IsWord(int at) => at >= 0 && at < _text.Length && PropertyNames.WordOutsideBrackets.Contains(_text[at]);

    private InvalidInputException OutOfTime() => new(
        $"The regular expression took too much time on a text of {_text.Length} characters: it tries too many ways to match.", _where,
        "Use a pattern without nested repeats, or get the tokenizer file again.");
}
