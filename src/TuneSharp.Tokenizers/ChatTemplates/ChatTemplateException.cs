using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.ChatTemplates;

/// <summary>Who refused a rendering.</summary>
public enum ChatTemplateFault
{
    /// <summary>The template's text is not valid.</summary>
    Syntax,

    /// <summary>The template did something that fails with this input: an undefined value, a wrong type.</summary>
    Evaluation,

    /// <summary>The template called <c>raise_exception</c>; <see cref="InvalidInputException.Problem"/> is its message, unchanged.</summary>
    Raised,

    /// <summary>A limit on steps, depth, size or time was reached.</summary>
    Limit,

    /// <summary>The options or messages do not go together.</summary>
    Caller,
}

/// <summary>A chat template that cannot be read, or refuses or fails to render a conversation.</summary>
public sealed class ChatTemplateException : InvalidInputException
{
    /// <param name="fault">Who refused.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="template">The template's name or file.</param>
    /// <param name="line">Line in the template, from 1; null if none is to blame.</param>
    /// <param name="nextStep">What to do.</param>
    public ChatTemplateException(ChatTemplateFault fault, string problem, string? template = null, int? line = null, string? nextStep = null)
        : base(problem, line is null ? template : $"{template ?? "chat template"}, line {line}", nextStep)
    {
        Fault = fault;
        Template = template;
        Line = line;
    }

    /// <summary>Who refused.</summary>
    public ChatTemplateFault Fault { get; }

    /// <summary>The template's name or file, if it has one.</summary>
    public string? Template { get; }

    /// <summary>Line in the template, from 1.</summary>
    public int? Line { get; }
}
