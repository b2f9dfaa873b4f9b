using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

/// <summary>
/// What a template computes with. The closed set of subclasses is all that a template can ever reach: no .NET object is wrapped.
/// Values do not change, apart from <see cref="NamespaceValue"/> and the positions of iterators, cyclers and joiners.
/// </summary>
internal abstract class Value
{
    /// <summary>Python's name of the type, for messages.</summary>
    public abstract string TypeName { get; }

    /// <summary>Python's truth value.</summary>
    public virtual bool IsTrue => true;

    /// <summary>Levels of containers below and including this one.</summary>
    public virtual int Depth => 0;

    /// <summary>Elements below and including this one, shared ones counted every time: what a comparison may have to visit.</summary>
    public virtual long Weight => 1;

    /// <summary>Number of elements or characters; null when the type has no length.</summary>
    public virtual int? Length => null;

    /// <summary>Writes what <c>{{ value }}</c> prints: Python's str().</summary>
    public virtual void Print(TextOutput writer) => PrintRepr(writer);

    /// <summary>Writes Python's repr().</summary>
    public abstract void PrintRepr(TextOutput writer);

    /// <summary>The elements; null when the type cannot be iterated.</summary>
    public virtual IEnumerable<Value>? Elements(RenderContext context) => null;

    /// <summary>A Python attribute (method or property) of that name; null when there is none. Never an element.</summary>
    public virtual Value? Attribute(string name, RenderContext context) => null;

    /// <summary>The element under a key or index; null when there is none or the type has none.</summary>
    public virtual Value? Item(Value key, RenderContext context) => null;

    /// <summary>Calls the value; the base refuses.</summary>
    public virtual Value Call(CallArguments arguments) => throw JinjaException.Evaluation($"'{TypeName}' object is not callable.");

    public virtual bool IsCallable => false;
}

/// <summary><c>none</c>.</summary>
internal sealed class NoneValue : Value
{
    public static readonly NoneValue Instance = new();

    private NoneValue()
    {
    }

    public override string TypeName => "NoneType";

    public override bool IsTrue => false;

    public override void PrintRepr(TextOutput writer) => writer.Write("None");
}

/// <summary>A name or element that does not exist: prints nothing, is false and empty, and fails in every other use.</summary>
internal sealed class UndefinedValue(string message) : Value
{
    public string Message { get; } = message;

    public override string TypeName => "Undefined";

    public override bool IsTrue => false;

    public override int? Length => 0;

    public static UndefinedValue OfName(string name) => new($"'{name}' is undefined.");

    /// <summary>What an access that the sandbox forbids gives: like any undefined value it fails when it is used.</summary>
    public static UndefinedValue Unsafe(Value owner, string attribute) => new($"Access to attribute '{attribute}' of '{owner.TypeName}' object is unsafe.");

    public JinjaException Failure() => JinjaException.Evaluation(Message);

    public override void Print(TextOutput writer)
    {
    }

    public override void PrintRepr(TextOutput writer) => writer.Write("Undefined");

    public override IEnumerable<Value> Elements(RenderContext context) => [];

    public override Value Attribute(string name, RenderContext context) => throw Failure();

    public override Value Item(Value key, RenderContext context) => throw Failure();

    public override Value Call(CallArguments arguments) => throw Failure();

    /// <summary>Undefined values define __call__, so Python calls them callable.</summary>
    public override bool IsCallable => true;
}
