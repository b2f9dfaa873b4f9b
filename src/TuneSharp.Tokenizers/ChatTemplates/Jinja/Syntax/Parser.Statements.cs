using TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Syntax;

/// <summary>Statements.</summary>
internal sealed partial class Parser
{
    /// <summary>One statement; <c>print</c> gives several.</summary>
    private IReadOnlyList<Statement> ParseStatement()
    {
        Token tag = Expect(TokenKind.Name, "the name of a tag");
        return tag.Text switch
        {
            "for" => [ParseFor(tag)],
            "if" => [ParseIf(tag)],
            "set" => [ParseSet(tag)],
            "with" => [ParseWith(tag)],
            "macro" => [ParseMacro(tag)],
            "call" => [ParseCallBlock(tag)],
            "filter" => [ParseFilterBlock(tag)],
            "generation" => [new GenerationBlock(ParseMacroRest(tag, null, [], "endgeneration"), tag.Line)],
            "block" => [ParseBlock(tag)],
            "autoescape" => [ParseAutoEscape(tag)],
            "print" => ParsePrint(tag),
            "break" => [ParseJump(tag, Flow.Break)],
            "continue" => [ParseJump(tag, Flow.Continue)],
            _ => throw UnknownTag(tag),
        };
    }

    /// <summary>The body of a tag up to one of its end tags, which is taken and given back.</summary>
    private (Body Body, Token End) ParseInner(Token tag, params string[] endTags)
    {
        SkipOperator(":");
        Expect(TokenKind.BlockEnd, "'%}'");
        _open.Push((tag.Text, tag.Line, endTags));
        Body body = ParseBody(endTags);
        _open.Pop();
        return (body, Advance());
    }

    /// <summary>A body that runs apart from the loop around it.</summary>
    private Body ParseFunctionBody(Token tag, string endTag)
    {
        int loopDepth = _loopDepth;
        _loopDepth = 0;
        Body body = WithBranch(false, () => ParseInner(tag, endTag).Body);
        _loopDepth = loopDepth;
        return body;
    }

    private ForStatement ParseFor(Token tag)
    {
        Expression target = ParseTarget(withNamespace: false, stopAtIn: true);
        if (!SkipName("in")) throw Unexpected("'in'");
        Expression items = ParseTuple(withConditional: false, stopAtRecursive: true);
        Expression? condition = SkipName("if") ? ParseExpression() : null;
        bool isRecursive = SkipName("recursive");
        _loopDepth++;
        (Body body, Token end) = WithBranch(false, () => ParseInner(tag, "endfor", "else"));
        _loopDepth--;
        Body? otherwise = end.Text == "else" ? WithBranch(false, () => ParseInner(tag, "endfor").Body) : null;
        return new ForStatement(target, items, condition, isRecursive, body, otherwise, tag.Line);
    }

    private IfStatement ParseIf(Token tag)
    {
        var branches = new List<KeyValuePair<Expression, Body>>();
        Body? otherwise = null;
        Token end = tag;
        while (end.Text is "if" or "elif")
        {
            Expression condition = ParseTuple(withConditional: false);
            (Body body, end) = WithBranch(true, () => ParseInner(tag, "endif", "elif", "else"));
            branches.Add(new(condition, body));
        }
        if (end.Text == "else") otherwise = WithBranch(true, () => ParseInner(tag, "endif").Body);
        return new IfStatement(branches, otherwise, tag.Line);
    }

    private Statement ParseSet(Token tag)
    {
        Expression target = ParseTarget(withNamespace: true);
        if (SkipOperator("=")) return new SetStatement(target, ParseTuple(), tag.Line);
        FilterExpression? filter = Current.IsOperator("|") ? ParseFilters(null) : null;
        return new SetBlock(target, filter, WithBranch(false, () => ParseInner(tag, "endset").Body), tag.Line);
    }

    private WithStatement ParseWith(Token tag)
    {
        var assignments = new List<KeyValuePair<Expression, Expression>>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (assignments.Count > 0) ExpectOperator(",");
            Expression target = ParseTarget(withNamespace: false);
            ExpectOperator("=");
            assignments.Add(new(target, ParseExpression()));
        }
        return new WithStatement(assignments, WithBranch(false, () => ParseInner(tag, "endwith").Body), tag.Line);
    }

    private FilterBlock ParseFilterBlock(Token tag)
    {
        FilterExpression filter = ParseFilter(null);
        while (Current.IsOperator("|"))
        {
            Advance();
            filter = ParseFilter(filter);
        }
        return new FilterBlock(filter, WithBranch(false, () => ParseInner(tag, "endfilter").Body), tag.Line);
    }

    private AutoEscapeBlock ParseAutoEscape(Token tag)
    {
        Expression setting = ParseExpression();
        return new AutoEscapeBlock(setting, WithBranch(false, () => ParseInner(tag, "endautoescape").Body), tag.Line);
    }

    private List<Statement> ParsePrint(Token tag)
    {
        var prints = new List<Statement>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (prints.Count > 0) ExpectOperator(",");
            prints.Add(new Print(ParseExpression(), tag.Line));
        }
        return prints;
    }

    private JumpStatement ParseJump(Token tag, Flow flow)
    {
        if (_loopDepth == 0) throw JinjaException.Syntax($"'{tag.Text}' stands outside of a loop.", tag.Line);
        return new JumpStatement(flow, tag.Line);
    }

    private BlockStatement ParseBlock(Token tag)
    {
        string name = Expect(TokenKind.Name, "the name of the block").Text;
        bool isScoped = SkipName("scoped"), isRequired = SkipName("required");
        var block = new BlockStatement(name, isScoped, isRequired, ParseFunctionBody(tag, "endblock"), tag.Line);
        SkipName(name);
        if (!_blocks.TryAdd(name, block)) throw JinjaException.Syntax($"The block '{name}' is defined twice.", tag.Line);
        return block;
    }

    private MacroStatement ParseMacro(Token tag)
    {
        string name = Expect(TokenKind.Name, "the name of the macro").Text;
        return new MacroStatement(ParseMacroRest(tag, name, ParseParameters(), "endmacro"), tag.Line);
    }

    private CallBlock ParseCallBlock(Token tag)
    {
        List<KeyValuePair<string, Expression?>> parameters = Current.IsOperator("(") ? ParseParameters() : [];
        if (ParseExpression() is not CallExpression call) throw JinjaException.Syntax("A call block needs the call of a macro.", tag.Line);
        return new CallBlock(ParseMacroRest(tag, null, parameters, "endcall"), call, tag.Line);
    }

    private MacroDefinition ParseMacroRest(Token tag, string? name, List<KeyValuePair<string, Expression?>> parameters, string endTag)
    {
        if (parameters.Any(parameter => parameter is { Key: "caller", Value: null }))
            throw JinjaException.Syntax("The parameter 'caller' is special: leave it out or give it a default.", tag.Line);
        var read = new HashSet<string>(StringComparer.Ordinal);
        _namesReadInMacros.Push(read);
        Body body = ParseFunctionBody(tag, endTag);
        _namesReadInMacros.Pop();
        if (_namesReadInMacros.TryPeek(out HashSet<string>? outer)) outer.UnionWith(read);
        return new MacroDefinition(name, parameters, body, read.Contains("varargs"), read.Contains("kwargs"), read.Contains("caller"));
    }

    private List<KeyValuePair<string, Expression?>> ParseParameters()
    {
        var parameters = new List<KeyValuePair<string, Expression?>>();
        ExpectOperator("(");
        while (!Current.IsOperator(")"))
        {
            if (parameters.Count > 0) ExpectOperator(",");
            Token name = Expect(TokenKind.Name, "the name of a parameter");
            Expression? byDefault = SkipOperator("=") ? ParseExpression() : null;
            if (byDefault is null && parameters.Count > 0 && parameters[^1].Value is not null)
                throw JinjaException.Syntax($"The parameter '{name.Text}' has no default but follows one that has.", name.Line);
            if (parameters.Any(parameter => parameter.Key == name.Text)) throw JinjaException.Syntax($"The parameter '{name.Text}' occurs twice.", name.Line);
            parameters.Add(new(name.Text, byDefault));
        }
        ExpectOperator(")");
        return parameters;
    }

    /// <summary>What a <c>set</c>, <c>for</c> or <c>with</c> assigns to: a name, several names, an attribute of a namespace.</summary>
    private Expression ParseTarget(bool withNamespace, bool stopAtIn = false)
    {
        int line = Current.Line;
        var names = new List<Expression>();
        bool isTuple = false;
        while (true)
        {
            if (names.Count > 0 && (Current.Kind is TokenKind.BlockEnd || Current.IsOperator("=") || Current.IsOperator(")") || (stopAtIn && Current.IsName("in")))) break;
            names.Add(Nested(() => ParseOneTarget(withNamespace)));
            if (!SkipOperator(",")) break;
            isTuple = true;
        }
        return isTuple ? new TupleLiteral(names, line) : names[0];
    }

    private Expression ParseOneTarget(bool withNamespace)
    {
        Token token = Current;
        if (SkipOperator("("))
        {
            Expression inner = ParseTarget(withNamespace);
            ExpectOperator(")");
            return inner;
        }
        if (token.Kind != TokenKind.Name) throw Unexpected("the name of a variable");
        if (token.Text is "true" or "false" or "none" or "True" or "False" or "None") throw JinjaException.Syntax($"'{token.Text}' cannot be assigned.", token.Line);
        Advance();
        if (withNamespace && SkipOperator(".")) return new NamespaceTarget(token.Text, Expect(TokenKind.Name, "the name of an attribute").Text, token.Line);
        return new Name(token.Text, token.Line);
    }
}
