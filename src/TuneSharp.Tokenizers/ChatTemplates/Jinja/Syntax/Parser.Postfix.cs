using TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Syntax;

/// <summary>What stands behind a value: attributes, brackets, calls, filters and tests.</summary>
internal sealed partial class Parser
{
    private Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            if (Current.IsOperator(".")) value = ParseAttribute(value);
            else if (Current.IsOperator("[")) value = ParseBrackets(value);
            else if (Current.IsOperator("(")) value = new CallExpression(value, ParseArguments(out int line), line);
            else return value;
        }
    }

    private Expression ParseFiltersAndTests(Expression value)
    {
        while (true)
        {
            if (Current.IsOperator("|")) value = ParseFilters(value);
            else if (Current.IsName("is")) value = ParseTest(value);
            else if (Current.IsOperator("(")) value = new CallExpression(value, ParseArguments(out int line), line);
            else return value;
        }
    }

    private Expression ParseAttribute(Expression owner)
    {
        int line = Advance().Line;
        Token name = Current;
        if (name.Kind == TokenKind.Number && name.Value is Values.IntegerValue index)
        {
            Advance();
            return new ItemAccess(owner, new Constant(index, name.Line), line);
        }
        return new AttributeAccess(owner, Expect(TokenKind.Name, "the name of an attribute").Text, line);
    }

    private ItemAccess ParseBrackets(Expression owner)
    {
        int line = Advance().Line;
        var keys = new List<Expression>();
        while (!Current.IsOperator("]"))
        {
            if (keys.Count > 0) ExpectOperator(",");
            keys.Add(ParseKeyOrSlice());
        }
        ExpectOperator("]");
        return new ItemAccess(owner, keys.Count == 1 ? keys[0] : new TupleLiteral(keys, line), line);
    }

    private Expression ParseKeyOrSlice()
    {
        int line = Current.Line;
        Expression? start = null;
        if (!Current.IsOperator(":"))
        {
            start = ParseExpression();
            if (!Current.IsOperator(":")) return start;
        }
        ExpectOperator(":");
        Expression? stop = IsSliceEnd() || Current.IsOperator(":") ? null : ParseExpression();
        Expression? step = SkipOperator(":") && !IsSliceEnd() ? ParseExpression() : null;
        return new SliceExpression(start, stop, step, line);
    }

    private bool IsSliceEnd() => Current.IsOperator("]") || Current.IsOperator(",");

    private ArgumentList ParseArguments(out int line)
    {
        line = Current.Line;
        int openedOn = line;
        ExpectOperator("(");
        var positional = new List<Expression>();
        var keywords = new List<KeyValuePair<string, Expression>>();
        Expression? morePositional = null, moreKeywords = null;
        for (bool isFirst = true; !Current.IsOperator(")"); isFirst = false)
        {
            if (!isFirst)
            {
                ExpectOperator(",");
                if (Current.IsOperator(")")) break;
            }
            if (SkipOperator("*"))
            {
                RequireOrder(morePositional is null && moreKeywords is null);
                morePositional = ParseExpression();
            }
            else if (SkipOperator("**"))
            {
                RequireOrder(moreKeywords is null);
                moreKeywords = ParseExpression();
            }
            else if (Current.Kind == TokenKind.Name && Following.IsOperator("="))
            {
                RequireOrder(moreKeywords is null);
                string name = Advance().Text;
                Advance();
                keywords.Add(new(name, ParseExpression()));
            }
            else
            {
                RequireOrder(morePositional is null && moreKeywords is null && keywords.Count == 0);
                positional.Add(ParseExpression());
            }
        }
        ExpectOperator(")");
        bool isEmpty = positional.Count == 0 && keywords.Count == 0 && morePositional is null && moreKeywords is null;
        return isEmpty ? ArgumentList.Empty : new ArgumentList(positional, keywords, morePositional, moreKeywords);

        void RequireOrder(bool holds)
        {
            if (!holds) throw JinjaException.Syntax("The arguments of a call come in the order: values, name=value, *values, **names.", openedOn);
        }
    }

    private FilterExpression ParseFilters(Expression? input)
    {
        FilterExpression? filter = null;
        while (SkipOperator("|")) filter = ParseFilter(filter ?? input);
        return filter!;
    }

    private FilterExpression ParseFilter(Expression? input)
    {
        Token token = Current;
        string name = ParseDottedName("the name of a filter");
        if (!FilterCatalog.Knows(name)) NoteUnknown($"There is no filter named '{name}'.", token.Line);
        return new FilterExpression(input, name, Current.IsOperator("(") ? ParseArguments(out _) : ArgumentList.Empty, token.Line);
    }

    private Expression ParseTest(Expression input)
    {
        int line = Advance().Line;
        bool isNegated = SkipName("not");
        Token token = Current;
        string name = ParseDottedName("the name of a test");
        if (!TestCatalog.Knows(name)) NoteUnknown($"There is no test named '{name}'.", token.Line);
        ArgumentList arguments = ArgumentList.Empty;
        if (Current.IsOperator("(")) arguments = ParseArguments(out _);
        else if (BeginsTestArgument())
        {
            if (Current.IsName("is")) throw JinjaException.Syntax("Tests cannot be chained: join them with 'and'.", Current.Line);
            arguments = new ArgumentList([Nested(() => ParsePostfix(ParsePrimary()))], [], null, null);
        }
        Expression test = new TestExpression(input, name, arguments, line);
        return isNegated ? new Negation(test, line) : test;
    }

    /// <summary>A test may take one argument without parentheses.</summary>
    private bool BeginsTestArgument() => Current.Kind switch
    {
        TokenKind.Name => Current.Text is not ("else" or "or" or "and"),
        TokenKind.Text or TokenKind.Number => true,
        TokenKind.Operator => Current.Text is "[" or "{",
        _ => false,
    };

    private string ParseDottedName(string what)
    {
        string name = Expect(TokenKind.Name, what).Text;
        while (SkipOperator(".")) name += "." + Expect(TokenKind.Name, what).Text;
        return name;
    }

    private void NoteUnknown(string message, int line)
    {
        if (!_inBranch) _unknown.Add(JinjaException.Syntax(message, line));
    }
}
