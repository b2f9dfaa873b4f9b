using System.Runtime.CompilerServices;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

/// <summary>The state of one rendering: variables, output, position and budget. A fault ends the rendering, so nothing is restored after one.</summary>
internal sealed class RenderContext
{
    private int _callDepth;

    public RenderContext(ChatTemplateLimits limits, TimeProvider clock, IReadOnlyDictionary<string, BlockStatement> blocks)
    {
        Budget = new Budget(limits);
        Clock = clock;
        Blocks = blocks;
        Globals = new Scope(null);
        Root = new Scope(Globals);
        Scope = Root;
        Output = new OutputBuffer(Budget);
    }

    public Budget Budget { get; }

    public TimeProvider Clock { get; }

    public IReadOnlyDictionary<string, BlockStatement> Blocks { get; }

    /// <summary>Built-in functions and what the caller passed.</summary>
    public Scope Globals { get; }

    /// <summary>The template's own scope.</summary>
    public Scope Root { get; }

    public Scope Scope { get; private set; }

    public OutputBuffer Output { get; private set; }

    /// <summary>Inside <c>{% autoescape true %}</c>.</summary>
    public bool AutoEscape { get; set; }

    /// <summary>The line being evaluated.</summary>
    public int Line { get; set; } = 1;

    /// <summary>Repeatable: every rendering of the same template gives the same text.</summary>
    public Random Random => field ??= new Random(0);

    /// <summary>Pays for one node and makes sure that the stack has room for it.</summary>
    public void Step(int line)
    {
        Budget.Step();
        Line = line;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw TooDeep();
    }

    public int CheckContainerDepth(int depth)
    {
        if (depth > Budget.Limits.MaxDepth) throw JinjaException.Limit($"Values lie inside one another to a depth of more than {Budget.Limits.MaxDepth}, which is the limit.");
        return depth;
    }

    /// <summary>Python's str().</summary>
    public string Print(Value value)
    {
        if (value is TextValue text) return text.Text;
        var output = new TextOutput(Budget);
        value.Print(output);
        return output.ToString();
    }

    /// <summary>Python's repr().</summary>
    public string Repr(Value value)
    {
        var output = new TextOutput(Budget);
        value.PrintRepr(output);
        return output.ToString();
    }

    /// <summary>The elements of a value, one step each; a type that cannot be iterated is an error.</summary>
    public IEnumerable<Value> Iterate(Value value)
    {
        return Counted(ElementsOf(value));

        IEnumerable<Value> Counted(IEnumerable<Value> elements)
        {
            foreach (Value element in elements)
            {
                Budget.Step();
                yield return element;
            }
        }
    }

    /// <summary>All elements of a value, paid for.</summary>
    public List<Value> ToList(Value value)
    {
        var items = new List<Value>();
        if (value.Length is int length) Budget.Elements(length);
        foreach (Value item in ElementsOf(value))
        {
            if (value.Length is null) Budget.Elements(1);
            items.Add(item);
        }
        return items;
    }

    public ListValue NewList(IReadOnlyList<Value> items) => new(items, this);

    public TupleValue NewTuple(params IReadOnlyList<Value> items) => new(items, this);

    /// <summary>Runs something with another scope current.</summary>
    public T In<T>(Scope scope, Func<T> action)
    {
        Scope before = Scope;
        Scope = scope;
        T result = action();
        Scope = before;
        return result;
    }

    /// <summary>Runs a body with another scope.</summary>
    public Flow Execute(Body body, Scope scope)
    {
        Scope before = Scope;
        Scope = scope;
        Flow flow = body.Execute(this);
        Scope = before;
        return flow;
    }

    /// <summary>Runs a body with another scope and collects what it prints.</summary>
    public TextValue Capture(Scope scope, Body body) => CaptureWith(scope, () => body.Execute(this));

    /// <summary>Runs something with another scope and collects what it prints.</summary>
    public TextValue CaptureWith(Scope scope, Func<Flow> action)
    {
        OutputBuffer before = Output;
        Output = new OutputBuffer(Budget);
        In(scope, action);
        TextValue text = Output.ToValue(AutoEscape);
        Output = before;
        return text;
    }

    /// <summary>Runs a macro or a recursive loop, which count towards the depth limit.</summary>
    public T Nested<T>(Func<T> action)
    {
        if (++_callDepth > Budget.Limits.MaxDepth) throw TooDeep();
        T result = action();
        _callDepth--;
        return result;
    }

    private IEnumerable<Value> ElementsOf(Value value) => value.Elements(this) ?? throw JinjaException.Evaluation($"'{value.TypeName}' object is not iterable.");

    private JinjaException TooDeep() =>
        JinjaException.Limit($"The recursion goes too deep: macros and loops may call one another to a depth of {Budget.Limits.MaxDepth}, and less where expressions nest.");
}
