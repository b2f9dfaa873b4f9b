using System.Numerics;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

/// <summary>A range of at most <see cref="MaxCount"/> integers.</summary>
internal sealed class RangeValue : Value
{
    public const int MaxCount = 100_000;

    public RangeValue(BigInteger start, BigInteger stop, BigInteger step)
    {
        if (step.IsZero) throw JinjaException.Evaluation("range() arg 3 must not be zero.");
        BigInteger span = step.Sign > 0 ? stop - start : start - stop;
        BigInteger count = span.Sign <= 0 ? BigInteger.Zero : ((span - 1) / BigInteger.Abs(step)) + 1;
        if (count > MaxCount) throw JinjaException.Limit($"The range has {count} elements; the limit is {MaxCount}.");
        (Start, Stop, Step, Count) = (start, stop, step, (int)count);
    }

    public BigInteger Start { get; }

    public BigInteger Stop { get; }

    public BigInteger Step { get; }

    public int Count { get; }

    public override string TypeName => "range";

    public override bool IsTrue => Count > 0;

    public override int? Length => Count;

    public override long Weight => 1 + Count;

    public override IEnumerable<Value> Elements(RenderContext context) => Enumerable.Range(0, Count).Select(At);

    public Value At(int position) => IntegerValue.Of(Start + (Step * position));

    public override Value? Attribute(string name, RenderContext context) => name switch
    {
        "start" => IntegerValue.Of(Start),
        "stop" => IntegerValue.Of(Stop),
        "step" => IntegerValue.Of(Step),
        _ => SequenceMethods.Find(this, name),
    };

    public override Value? Item(Value key, RenderContext context)
    {
        if (key is IntegralValue index) return Subscript.Position(index.Integer, Count) is int position ? At(position) : null;
        if (key is not SliceValue slice) return null;
        (int start, int stop, int step) = slice.Bounds(Count);
        return new RangeValue(Start + (Step * start), Start + (Step * stop), Step * step);
    }

    public override void PrintRepr(TextOutput writer) =>
        writer.Write(Step.IsOne ? $"range({Start}, {Stop})" : $"range({Start}, {Stop}, {Step})");
}

/// <summary>A lazy sequence that can be gone through once, as filters like <c>map</c> and <c>select</c> give.</summary>
internal sealed class IteratorValue : Value
{
    private readonly IEnumerator<Value> _source;

    /// <param name="source">The elements, computed when they are asked for.</param>
    /// <param name="under">What the elements come from: iterators over iterators are as deep as containers.</param>
    /// <param name="context">The rendering.</param>
    /// <param name="typeName">Python's type name.</param>
    public IteratorValue(IEnumerable<Value> source, Value under, RenderContext context, string typeName = "generator")
    {
        context.Budget.Elements(1);
        _source = source.GetEnumerator();
        TypeName = typeName;
        Depth = context.CheckContainerDepth(under.Depth + 1);
    }

    public override string TypeName { get; }

    public override int Depth { get; }

    public override IEnumerable<Value> Elements(RenderContext context)
    {
        while (_source.MoveNext())
        {
            context.Budget.Step();
            yield return _source.Current;
        }
    }

    public override void PrintRepr(TextOutput writer) => writer.Write($"<{TypeName} object>");
}
