using System.Text;
using TuneSharp.Formats;

namespace TuneSharp.Data.Corpus.Grammars;

/// <summary>One document in the making: what its variables stand for, and the text so far.</summary>
internal sealed class GrammarExpansion(Grammar grammar, Morphology morphology, Pcg32 random)
{
    private const int MaxDepth = 32;

    private readonly Dictionary<string, Word> _bound = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Word>> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _last = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();

    /// <summary>The text of a random alternative of <paramref name="rule"/>.</summary>
    public string Expand(string rule)
    {
        _text.Clear();
        Append(grammar.Rule(rule), new Dictionary<string, string>(StringComparer.Ordinal), 0);
        return _text.ToString();
    }

    /// <summary>The word that a variable stands for in this document: drawn now if the text has not named it yet.</summary>
    public Word WordOf(string variable)
    {
        if (_bound.TryGetValue(variable, out var word))
            return word;
        var kind = grammar.KindOf(variable);
        if (!_taken.TryGetValue(kind.Name, out var taken))
            _taken[kind.Name] = taken = [];
        word = morphology.Draw(kind, taken, random);
        taken.Add(word);
        return _bound[variable] = word;
    }

    /// <summary>What an echoed rule was expanded to last.</summary>
    public string LastOf(string rule) => _last.TryGetValue(rule, out string? said) ? said
        : throw new InvalidInputException($"The text repeats '{rule}', which was not expanded before.");

    private void Append(GrammarRule rule, Dictionary<string, string> names, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidInputException($"The rule '{rule.Name}' calls itself without end.");
        int start = _text.Length;
        foreach (var node in rule.Draw(random).Nodes)
        {
            switch (node)
            {
                case LiteralNode literal:
                    _text.Append(literal.Text);
                    break;
                case SlotNode slot:
                    _text.Append(Form(WordOf(names.GetValueOrDefault(slot.Variable, slot.Variable)), slot.Form, rule));
                    break;
                case EchoNode echo:
                    _text.Append(LastOf(echo.Rule));
                    break;
                case CallNode call:
                    var callee = grammar.Rule(call.Rule);
                    var inner = new Dictionary<string, string>(StringComparer.Ordinal);
                    for (int i = 0; i < callee.Parameters.Count; i++)
                        inner[callee.Parameters[i]] = names.GetValueOrDefault(call.Arguments[i], call.Arguments[i]);
                    Append(callee, inner, depth + 1);
                    break;
            }
        }
        if (grammar.IsEchoed(rule))
            _last[rule.Name] = _text.ToString(start, _text.Length - start);
    }

    // A form whose name starts with a capital is the same form at the start of a sentence.
    private static string Form(Word word, string form, GrammarRule rule)
    {
        if (word.Forms.TryGetValue(form, out string? value))
            return value;
        if (form.Length > 0 && char.IsAsciiLetterUpper(form[0])
            && word.Forms.TryGetValue(char.ToLowerInvariant(form[0]) + form[1..], out value) && value.Length > 0)
            return char.ToUpperInvariant(value[0]) + value[1..];
        throw new InvalidInputException($"'{word.Id}' has no form '{form}', which rule '{rule.Name}' asks for.",
            nextStep: $"It has {string.Join(", ", word.Forms.Keys.Select(k => $"'{k}'"))}.");
    }
}
