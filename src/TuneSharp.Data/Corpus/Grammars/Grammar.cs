using TuneSharp.Formats;

namespace TuneSharp.Data.Corpus.Grammars;

/// <summary>
/// A small context-free grammar with words and bound variables, written as text:
/// <code>
/// @person A B = name | he          words of a kind, one a line, columns apart by |
/// Mia | she
///
/// [event who item]                 a rule and its parameters
/// 2* {who} found {item.a}.         an alternative, optionally with a weight; \n breaks a line
/// &lt;other who&gt; and {who.he} slept.   a call of another rule
/// Again: &lt;=other&gt;                  what that rule was expanded to last, word for word
/// # a remark
/// </code>
/// A variable is bound to a random word of its kind when it is first met and keeps it for the whole document.
/// </summary>
internal sealed class Grammar
{
    private readonly Dictionary<string, GrammarRule> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WordKind> _kinds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _echoed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WordKind> _kindOfVariable = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, GrammarRule> Rules => _rules;

    public IReadOnlyDictionary<string, WordKind> Kinds => _kinds;

    /// <summary>Whether some alternative repeats what this rule was expanded to.</summary>
    public bool IsEchoed(GrammarRule rule) => _echoed.Contains(rule.Name);

    public GrammarRule Rule(string name) => _rules.TryGetValue(name, out var rule)
        ? rule
        : throw new InvalidInputException($"The grammar has no rule '{name}'.", nextStep: "Check its spelling in the grammar's text.");

    public WordKind KindOf(string variable) => _kindOfVariable.TryGetValue(variable, out var kind)
        ? kind
        : throw new InvalidInputException($"No kind of word has the variable '{variable}'.", nextStep: "Add it to a line that starts with @.");

    /// <summary>Reads a grammar from texts that are read one after another as if they were one; all names are checked.</summary>
    /// <exception cref="InvalidInputException">A line cannot be read, or names something that does not exist.</exception>
    public static Grammar Parse(params IEnumerable<(string Where, string Text)> sources)
    {
        var grammar = new Grammar();
        foreach (var (where, text) in sources)
            grammar.Read(text, where);
        grammar.CheckNames();
        return grammar;
    }

    private void Read(string text, string where)
    {
        GrammarRule? rule = null;
        WordKind? kind = null;
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.TrimEnd('\r').Trim(' ');
            if (line.Length == 0 || line.StartsWith('#'))
                continue;
            string place = $"{where}, line {number}";
            if (line.StartsWith('@'))
                (kind, rule) = (AddKind(line[1..], place), null);
            else if (line.StartsWith('[') && line.EndsWith(']'))
                (kind, rule) = (null, AddRule(line[1..^1], place));
            else if (kind is not null)
                kind.Rows.Add(ReadRow(kind, line, place));
            else if (rule is not null)
                rule.Add(GrammarText.ReadAlternative(line, place));
            else
                throw new InvalidInputException("This line belongs to no rule and to no list of words.", place, "Start with [rule] or @kind.");
        }
    }

    private WordKind AddKind(string header, string where)
    {
        string[] sides = header.Split('=', StringSplitOptions.TrimEntries);
        string[] names = sides[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (sides.Length != 2 || names.Length == 0)
            throw new InvalidInputException("A list of words starts with '@kind VARIABLES = columns'.", where);
        var kind = new WordKind(names[0], names[1..], sides[1].Split('|', StringSplitOptions.TrimEntries));
        if (!_kinds.TryAdd(kind.Name, kind))
            throw new InvalidInputException($"The words '{kind.Name}' are listed twice.", where);
        foreach (string variable in kind.Variables)
        {
            if (!_kindOfVariable.TryAdd(variable, kind))
                throw new InvalidInputException($"The variable '{variable}' belongs to two kinds.", where);
        }
        return kind;
    }

    private GrammarRule AddRule(string header, string where)
    {
        string[] parts = header.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var rule = new GrammarRule(parts[0], parts[1..]);
        if (!_rules.TryAdd(rule.Name, rule))
            throw new InvalidInputException($"The rule '{rule.Name}' is written twice.", where);
        return rule;
    }

    private static Dictionary<string, string> ReadRow(WordKind kind, string line, string where)
    {
        string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
        if (cells.Length != kind.Columns.Count)
        {
            throw new InvalidInputException(
                $"A row of '{kind.Name}' has {kind.Columns.Count} columns ({string.Join(" | ", kind.Columns)}), this one has {cells.Length}.", where);
        }
        var row = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < cells.Length; i++)
            row[kind.Columns[i]] = cells[i];
        return row;
    }

    private void CheckNames()
    {
        foreach (var rule in _rules.Values)
        {
            if (rule.TotalWeight == 0)
                throw new InvalidInputException($"The rule '{rule.Name}' has no alternative.");
            foreach (var node in rule.Alternatives.SelectMany(a => a.Nodes))
                Check(rule, node);
        }
    }

    private void Check(GrammarRule rule, GrammarNode node)
    {
        if (node is SlotNode slot && !rule.Parameters.Contains(slot.Variable))
            KindOf(slot.Variable);
        if (node is EchoNode echo)
            _echoed.Add(Rule(echo.Rule).Name);
        if (node is not CallNode call)
            return;
        int expected = Rule(call.Rule).Parameters.Count;
        if (call.Arguments.Count != expected)
            throw new InvalidInputException($"Rule '{rule.Name}' calls '{call.Rule}' with {call.Arguments.Count} variables; it takes {expected}.");
        foreach (string argument in call.Arguments)
        {
            if (!rule.Parameters.Contains(argument))
                KindOf(argument);
        }
    }
}
