using System.Numerics;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

/// <summary>The <c>start:stop:step</c> inside brackets.</summary>
internal sealed class SliceValue(Value start, Value stop, Value step) : Value
{
    public override string TypeName => "slice";

    /// <summary>The first index, the step and the number of elements that the slice takes of a sequence of that length.</summary>
    public (int Start, int Step, int Count) Over(int length)
    {
        (int first, int last, int stride) = Bounds(length);
        int count = stride > 0 ? (last - first + stride - 1) / stride : (first - last - stride - 1) / -stride;
        return (first, stride, Math.Max(0, count));
    }

    /// <summary>Python's slice.indices(): the first index, the one to stop at, and the step.</summary>
    public (int Start, int Stop, int Step) Bounds(int length)
    {
        BigInteger by = Bound(step) ?? BigInteger.One;
        if (by.IsZero) throw JinjaException.Evaluation("slice step cannot be zero.");
        bool forward = by.Sign > 0;
        int low = forward ? 0 : -1, high = forward ? length : length - 1;
        int first = Bound(start) is BigInteger s ? Clamp(s, length, low, high) : forward ? low : high;
        int last = Bound(stop) is BigInteger e ? Clamp(e, length, low, high) : forward ? high : low;
        int stride = (int)BigInteger.Min(BigInteger.Max(by, -(length + 1)), length + 1);
        return (first, last, stride);
    }

    public override void PrintRepr(TextOutput writer)
    {
        writer.Write("slice(");
        start.PrintRepr(writer);
        writer.Write(", ");
        stop.PrintRepr(writer);
        writer.Write(", ");
        step.PrintRepr(writer);
        writer.Write(')');
    }

    private static int Clamp(BigInteger index, int length, int low, int high)
    {
        if (index.Sign < 0) index += length;
        return index < low ? low : index > high ? high : (int)index;
    }

    private static BigInteger? Bound(Value value) => value switch
    {
        NoneValue => null,
        IntegralValue integer => integer.Integer,
        _ => throw JinjaException.Evaluation("slice indices must be integers or None."),
    };
}
