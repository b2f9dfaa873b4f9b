namespace TuneSharp.Tokenizers.ChatTemplates;

/// <summary>
/// A chat template: Jinja source that turns a conversation into the text a model was trained on. Immutable, safe for any number of threads.
/// The source is data from outside: it is interpreted by TuneSharp's own sandbox, without reflection, files or clocks other than
/// <see cref="ChatTemplateInput.Clock"/>, and within limits on steps, depth, size and time.
/// </summary>
public sealed class ChatTemplate
{
    private ChatTemplate(string source, string? where)
    {
        Source = source;
        Where = where;
    }

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>The file that holds it, or what the caller called it.</summary>
    public string? Where { get; }

    /// <summary>Reads a template.</summary>
    /// <exception cref="ChatTemplateException">The text is not a valid template; names the line.</exception>
    public static ChatTemplate Parse(string source, string? where = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ChatTemplate(source, where);
    }

    /// <summary>The template of a model's folder (<c>chat_template.jinja</c>, else <c>tokenizer_config.json</c>); null when it has none.</summary>
    /// <param name="folder">A folder with a tokenizer.</param>
    /// <param name="name">One of several named templates, such as <c>tool_use</c>; null = the default one.</param>
    public static ChatTemplate? FromFolder(string folder, string? name = null) =>
        ChatTemplateFiles.Find(folder, name) is var (source, where) ? Parse(source, where) : null;

    /// <summary>Renders a conversation.</summary>
    /// <exception cref="ChatTemplateException">The template refuses the conversation, fails with it or goes beyond a limit.</exception>
    public RenderedChat Render(ChatTemplateInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        throw new NotSupportedException(Where);
    }
}
