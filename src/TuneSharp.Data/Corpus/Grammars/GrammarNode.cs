namespace TuneSharp.Data.Corpus.Grammars;

/// <summary>A piece of an alternative's text: read once, expanded many times.</summary>
internal abstract record GrammarNode;

/// <summary>Characters that stand as they are.</summary>
internal sealed record LiteralNode(string Text) : GrammarNode;

/// <summary><c>{A.his}</c>: the form <c>his</c> of whoever the variable A stands for.</summary>
internal sealed record SlotNode(string Variable, string Form) : GrammarNode;

/// <summary><c>&lt;event A V X P&gt;</c>: an alternative of another rule, its parameters bound to these variables.</summary>
internal sealed record CallNode(string Rule, IReadOnlyList<string> Arguments) : GrammarNode;

/// <summary><c>&lt;=passage&gt;</c>: what the rule was expanded to last in this document, word for word.</summary>
internal sealed record EchoNode(string Rule) : GrammarNode;

/// <summary>One way to say a rule; drawn with a chance proportional to its weight.</summary>
internal sealed record GrammarAlternative(int Weight, IReadOnlyList<GrammarNode> Nodes);

/// <summary>A named rule with its parameters and alternatives.</summary>
internal sealed class GrammarRule(string name, IReadOnlyList<string> parameters)
{
    private readonly List<GrammarAlternative> _alternatives = [];

    public string Name { get; } = name;

    public IReadOnlyList<string> Parameters { get; } = parameters;

    public IReadOnlyList<GrammarAlternative> Alternatives => _alternatives;

    public int TotalWeight { get; private set; }

    public void Add(GrammarAlternative alternative)
    {
        _alternatives.Add(alternative);
        TotalWeight += alternative.Weight;
    }

    public GrammarAlternative Draw(Pcg32 random)
    {
        int at = random.Below(TotalWeight);
        foreach (var alternative in _alternatives)
        {
            at -= alternative.Weight;
            if (at < 0)
                return alternative;
        }
        throw new InvalidOperationException($"The weights of rule '{Name}' do not add up.");
    }
}
