using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;

/// <summary><c>+ - * / // % **</c>.</summary>
internal sealed class BinaryOperation(string sign, Expression left, Expression right, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context)
    {
        Value first = left.Evaluate(context), second = right.Evaluate(context);
        context.Line = Line;
        return Arithmetic.Apply(sign, first, second, context);
    }
}

/// <summary>A leading <c>-</c> or <c>+</c>.</summary>
internal sealed class UnaryOperation(bool negates, Expression operand, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context)
    {
        Value value = operand.Evaluate(context);
        return negates ? Arithmetic.Negate(value) : Arithmetic.Plus(value);
    }
}

/// <summary><c>a ~ b ~ c</c>: the printed values one after another.</summary>
internal sealed class Concatenation(IReadOnlyList<Expression> parts, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context)
    {
        Value[] values = [.. parts.Select(part => part.Evaluate(context))];
        bool isMarkup = context.AutoEscape && values.Any(value => value is TextValue { IsMarkup: true });
        var output = new TextOutput(context.Budget);
        foreach (Value value in values)
            if (isMarkup) output.Write(HtmlText.Escaped(value, context));
            else value.Print(output);
        return TextValue.Of(output.ToString(), isMarkup);
    }
}

/// <summary><c>not a</c>.</summary>
internal sealed class Negation(Expression operand, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context) => BoolValue.Of(!operand.Evaluate(context).IsTrue);
}

/// <summary><c>a and b</c>, <c>a or b</c>: the operand that decides.</summary>
internal sealed class LogicalOperation(bool isAnd, Expression left, Expression right, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context)
    {
        Value first = left.Evaluate(context);
        return first.IsTrue == isAnd ? right.Evaluate(context) : first;
    }
}

/// <summary><c>a if condition else b</c>; without else an undefined value.</summary>
internal sealed class Conditional(Expression condition, Expression whenTrue, Expression? whenFalse, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context)
    {
        if (condition.Evaluate(context).IsTrue) return whenTrue.Evaluate(context);
        return whenFalse?.Evaluate(context) ?? new UndefinedValue("The inline if-expression evaluated to false and no else section was defined.");
    }
}

/// <summary><c>a &lt; b &lt;= c</c>, <c>a in b</c>: every neighbouring pair must hold.</summary>
internal sealed class ComparisonChain(Expression first, IReadOnlyList<KeyValuePair<string, Expression>> rest, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context)
    {
        Value left = first.Evaluate(context);
        foreach ((string sign, Expression operand) in rest)
        {
            Value right = operand.Evaluate(context);
            context.Line = Line;
            if (!Holds(sign, left, right, context)) return BoolValue.False;
            left = right;
        }
        return BoolValue.True;
    }

    private static bool Holds(string sign, Value left, Value right, RenderContext context) => sign switch
    {
        "==" => Comparison.AreEqual(left, right, context),
        "!=" => !Comparison.AreEqual(left, right, context),
        "<" => Comparison.IsLess(left, right, context),
        "<=" => Comparison.IsLessOrEqual(left, right, context),
        ">" => Comparison.IsGreater(left, right, context),
        ">=" => Comparison.IsGreaterOrEqual(left, right, context),
        "in" => Comparison.Contains(right, left, context),
        _ => !Comparison.Contains(right, left, context),
    };
}
