using TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Syntax;

/// <summary>Operators, from the loosest to the tightest. Powers group from the left, and a sign binds tighter than they do.</summary>
internal sealed partial class Parser
{
    private Expression ParseExpression(bool withConditional = true) => Nested(() => withConditional ? ParseConditional() : ParseOr());

    private Expression ParseConditional()
    {
        int numUnknown = _unknown.Count;
        Expression value = ParseOr();
        while (Current.IsName("if"))
        {
            _unknown.RemoveRange(numUnknown, _unknown.Count - numUnknown);
            int line = Advance().Line;
            Expression condition = WithBranch(true, ParseOr);
            Expression? otherwise = SkipName("else") ? WithBranch(true, () => Nested(ParseConditional)) : null;
            value = new Conditional(condition, value, otherwise, line);
        }
        return value;
    }

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        while (Current.IsName("or"))
        {
            int line = Advance().Line;
            left = new LogicalOperation(isAnd: false, left, ParseAnd(), line);
        }
        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (Current.IsName("and"))
        {
            int line = Advance().Line;
            left = new LogicalOperation(isAnd: true, left, ParseNot(), line);
        }
        return left;
    }

    private Expression ParseNot()
    {
        if (!Current.IsName("not")) return ParseComparison();
        int line = Advance().Line;
        return new Negation(Nested(ParseNot), line);
    }

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        int line = Current.Line;
        var rest = new List<KeyValuePair<string, Expression>>();
        while (ComparisonSign() is string sign) rest.Add(new(sign, ParseSum()));
        return rest.Count == 0 ? first : new ComparisonChain(first, rest, line);
    }

    private string? ComparisonSign()
    {
        Token token = Current;
        if (token.Kind == TokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=") return Advance().Text;
        if (SkipName("in")) return "in";
        if (!token.IsName("not") || !Following.IsName("in")) return null;
        Advance();
        Advance();
        return "not in";
    }

    private Expression ParseSum()
    {
        Expression left = ParseConcatenation();
        while (Current.IsOperator("+") || Current.IsOperator("-"))
        {
            Token sign = Advance();
            left = new BinaryOperation(sign.Text, left, ParseConcatenation(), sign.Line);
        }
        return left;
    }

    private Expression ParseConcatenation()
    {
        int line = Current.Line;
        Expression first = ParseProduct();
        if (!Current.IsOperator("~")) return first;
        var parts = new List<Expression> { first };
        while (SkipOperator("~")) parts.Add(ParseProduct());
        return new Concatenation(parts, line);
    }

    private Expression ParseProduct()
    {
        Expression left = ParsePower();
        while (Current.Kind == TokenKind.Operator && Current.Text is "*" or "/" or "//" or "%")
        {
            Token sign = Advance();
            left = new BinaryOperation(sign.Text, left, ParsePower(), sign.Line);
        }
        return left;
    }

    private Expression ParsePower()
    {
        Expression left = ParseUnary(withFilters: true);
        while (Current.IsOperator("**"))
        {
            Token sign = Advance();
            left = new BinaryOperation("**", left, ParseUnary(withFilters: true), sign.Line);
        }
        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Token token = Current;
        Expression value = token.IsOperator("-") || token.IsOperator("+") ? ParseSigned() : ParsePrimary();
        value = ParsePostfix(value);
        return withFilters ? ParseFiltersAndTests(value) : value;
    }

    private UnaryOperation ParseSigned()
    {
        Token sign = Advance();
        return new UnaryOperation(sign.Text == "-", Nested(() => ParseUnary(withFilters: false)), sign.Line);
    }

    private Expression ParsePrimary()
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                Advance();
                return ParseName(token);
            case TokenKind.Text:
                string text = "";
                while (Current.Kind == TokenKind.Text) text += Advance().Text;
                return new Constant(TextValue.Of(text), token.Line);
            case TokenKind.Number:
                Advance();
                return new Constant(token.Value!, token.Line);
            case TokenKind.Operator when token.Text == "(":
                Advance();
                Expression inner = ParseTuple(mayBeEmpty: true);
                ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                Advance();
                return new ListLiteral(ParseItems("]", () => ParseExpression()), token.Line);
            case TokenKind.Operator when token.Text == "{":
                Advance();
                return new DictLiteral(ParseItems("}", ParsePair), token.Line);
            default:
                throw Unexpected("an expression");
        }
    }

    private Expression ParseName(Token token)
    {
        switch (token.Text)
        {
            case "true" or "True": return new Constant(BoolValue.True, token.Line);
            case "false" or "False": return new Constant(BoolValue.False, token.Line);
            case "none" or "None": return new Constant(NoneValue.Instance, token.Line);
        }
        if (_namesReadInMacros.TryPeek(out HashSet<string>? read)) read.Add(token.Text);
        return new Name(token.Text, token.Line);
    }

    private KeyValuePair<Expression, Expression> ParsePair()
    {
        Expression key = ParseExpression();
        ExpectOperator(":");
        return new(key, ParseExpression());
    }

    private List<T> ParseItems<T>(string end, Func<T> parseOne)
    {
        var items = new List<T>();
        while (!Current.IsOperator(end))
        {
            if (items.Count > 0) ExpectOperator(",");
            if (Current.IsOperator(end)) break;
            items.Add(parseOne());
        }
        ExpectOperator(end);
        return items;
    }

    /// <summary>One expression, or several with commas between them as a tuple.</summary>
    private Expression ParseTuple(bool withConditional = true, bool stopAtRecursive = false, bool mayBeEmpty = false)
    {
        int line = Current.Line;
        var items = new List<Expression>();
        bool isTuple = false;
        while (true)
        {
            if (Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || Current.IsOperator(")") || (stopAtRecursive && Current.IsName("recursive"))) break;
            items.Add(ParseExpression(withConditional));
            if (!SkipOperator(",")) break;
            isTuple = true;
        }
        if (isTuple) return new TupleLiteral(items, line);
        if (items.Count > 0) return items[0];
        return mayBeEmpty ? new TupleLiteral(items, line) : throw Unexpected("an expression");
    }
}
