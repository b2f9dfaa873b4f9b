using System.Runtime.InteropServices;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Syntax;

/// <summary>Kinds of tokens.</summary>
internal enum TokenKind
{
    /// <summary>Text outside of tags.</summary>
    Data,
    BlockBegin,
    BlockEnd,
    VariableBegin,
    VariableEnd,
    Name,
    Text,
    Number,
    Operator,
    End,
}

/// <summary>A token and the line that it begins on.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">Its characters; a text literal's content.</param>
/// <param name="Line">From 1.</param>
/// <param name="Value">The value of a number.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Token(TokenKind Kind, string Text, int Line, Value? Value = null)
{
    /// <summary>What a person would call it.</summary>
    public string Description => Kind switch
    {
        TokenKind.Data => "text outside of tags",
        TokenKind.BlockBegin => "'{%'",
        TokenKind.BlockEnd => "'%}'",
        TokenKind.VariableBegin => "'{{'",
        TokenKind.VariableEnd => "'}}'",
        TokenKind.End => "the end of the template",
        TokenKind.Text => "a text literal",
        _ => $"'{(Text.Length > 100 ? Text[..100] : Text)}'",
    };

    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    public bool IsOperator(string sign) => Kind == TokenKind.Operator && Text == sign;
}
