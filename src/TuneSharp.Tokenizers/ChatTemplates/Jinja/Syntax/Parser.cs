using System.Runtime.CompilerServices;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Syntax;

/// <summary>A parsed template.</summary>
/// <param name="Body">What it prints.</param>
/// <param name="Blocks">Its <c>block</c>s by name.</param>
internal sealed record ParsedTemplate(Body Body, IReadOnlyDictionary<string, BlockStatement> Blocks);

/// <summary>Builds the tree of a template by recursive descent, at most <see cref="MaxNesting"/> levels deep.</summary>
internal sealed partial class Parser
{
    /// <summary>Most expressions and statements inside one another.</summary>
    public const int MaxNesting = 200;

    private readonly IReadOnlyList<Token> _tokens;
    private readonly Dictionary<string, BlockStatement> _blocks = new(StringComparer.Ordinal);
    private readonly Stack<(string Tag, int Line, string[] EndTags)> _open = new();
    private readonly Stack<HashSet<string>> _namesReadInMacros = new();
    /// <summary>Filters and tests that do not exist; those in a branch that may never run are left out: they fail when they are reached.</summary>
    private readonly List<JinjaException> _unknown = [];
    private bool _inBranch;
    private int _next;
    private int _nesting;
    private int _loopDepth;

    private Parser(IReadOnlyList<Token> tokens) => _tokens = tokens;

    public static ParsedTemplate Parse(string source)
    {
        var parser = new Parser(Lexer.Tokenize(source));
        Body body = parser.ParseBody([]);
        if (parser._unknown.Count > 0) throw parser._unknown[0];
        return new ParsedTemplate(body, parser._blocks);
    }

    private Token Current => _tokens[_next];

    private Token Following => _tokens[Math.Min(_next + 1, _tokens.Count - 1)];

    private Token Advance() => _tokens[_next < _tokens.Count - 1 ? _next++ : _next];

    private bool SkipName(string name)
    {
        if (!Current.IsName(name)) return false;
        Advance();
        return true;
    }

    private bool SkipOperator(string sign)
    {
        if (!Current.IsOperator(sign)) return false;
        Advance();
        return true;
    }

    private Token Expect(TokenKind kind, string what)
    {
        if (Current.Kind != kind) throw Unexpected(what);
        return Advance();
    }

    private void ExpectOperator(string sign)
    {
        if (!SkipOperator(sign)) throw Unexpected($"'{sign}'");
    }

    private JinjaException Unexpected(string expected) => JinjaException.Syntax($"Expected {expected}, but found {Current.Description}.", Current.Line);

    private T Nested<T>(Func<T> parse)
    {
        if (++_nesting > MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new JinjaException(ChatTemplateFault.Limit, $"The template nests expressions or blocks to a depth of more than {MaxNesting}, which is the limit.", Current.Line);
        T result = parse();
        _nesting--;
        return result;
    }

    private T WithBranch<T>(bool inBranch, Func<T> parse)
    {
        bool before = _inBranch;
        _inBranch = inBranch;
        T result = parse();
        _inBranch = before;
        return result;
    }

    /// <summary>Text and tags up to one of the end tags (not taken) or, without any, to the end of the template.</summary>
    private Body ParseBody(string[] endTags)
    {
        var statements = new List<Statement>();
        while (true)
        {
            Token token = Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    Advance();
                    statements.Add(new Literal(token.Text, token.Line));
                    break;
                case TokenKind.VariableBegin:
                    Advance();
                    Expression expression = ParseTuple();
                    Expect(TokenKind.VariableEnd, "'}}'");
                    statements.Add(new Print(expression, token.Line));
                    break;
                case TokenKind.BlockBegin:
                    Advance();
                    if (Current.Kind == TokenKind.Name && endTags.Contains(Current.Text)) return new Body(statements);
                    statements.AddRange(Nested(ParseStatement));
                    Expect(TokenKind.BlockEnd, "'%}'");
                    break;
                case TokenKind.End when endTags.Length == 0:
                    return new Body(statements);
                default:
                    throw MissingEnd(token.Line);
            }
        }
    }

    private JinjaException MissingEnd(int line)
    {
        (string tag, int openedOn, string[] endTags) = _open.Peek();
        return JinjaException.Syntax($"The template ends inside '{tag}', which line {openedOn} opens: {Tags(endTags)} is missing.", line);
    }

    private JinjaException UnknownTag(Token token)
    {
        string within = _open.Count == 0 ? "" : $" Line {_open.Peek().Line} opens '{_open.Peek().Tag}', which {Tags(_open.Peek().EndTags)} would close.";
        string nearest = token.Text is "extends" or "include" or "import" or "from"
            ? $"The tag '{token.Text}' reads other files, which a chat template may not do."
            : $"The tag '{token.Text}' is unknown here.";
        return JinjaException.Syntax(nearest + within, token.Line);
    }

    private static string Tags(string[] tags) => string.Join(" or ", tags.Select(tag => $"'{tag}'"));
}
