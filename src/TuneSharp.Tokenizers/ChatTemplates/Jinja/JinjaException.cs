namespace TuneSharp.Tokenizers.ChatTemplates.Jinja;

/// <summary>A fault inside the interpreter; <see cref="ChatTemplate"/> turns it into a <see cref="ChatTemplateException"/>.</summary>
internal sealed class JinjaException(ChatTemplateFault fault, string message, int? line = null) : Exception(message)
{
    public ChatTemplateFault Fault { get; } = fault;

    /// <summary>Line in the template; null = the line that was being evaluated.</summary>
    public int? Line { get; } = line;

    /// <summary>A wrong type, value or undefined variable.</summary>
    public static JinjaException Evaluation(string message) => new(ChatTemplateFault.Evaluation, message);

    /// <summary>A limit was reached.</summary>
    public static JinjaException Limit(string message) => new(ChatTemplateFault.Limit, message);

    /// <summary>The source is not a template.</summary>
    public static JinjaException Syntax(string message, int line) => new(ChatTemplateFault.Syntax, message, line);
}
