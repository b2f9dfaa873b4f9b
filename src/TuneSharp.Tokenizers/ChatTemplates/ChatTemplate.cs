using System.Text.Json.Nodes;
using TuneSharp.Tokenizers.ChatTemplates.Jinja;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Syntax;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates;

/// <summary>
/// A chat template: Jinja source that turns a conversation into the text a model was trained on. Immutable, safe for any number of threads.
/// The source is data from outside: it is interpreted by TuneSharp's own sandbox, without reflection, files or clocks other than
/// <see cref="ChatTemplateInput.Clock"/>, and within limits on steps, depth, size and time.
/// </summary>
public sealed class ChatTemplate
{
    /// <summary>Longest template, in characters.</summary>
    public const int MaxSourceLength = 1 << 20;

    private static readonly HashSet<string> s_reserved =
        new(["messages", "tools", "documents", "add_generation_prompt", "continue_final_message", "self", "loop", .. GlobalFunctions.Names], StringComparer.Ordinal);

    private readonly ParsedTemplate _parsed;

    private ChatTemplate(string source, string? where, ParsedTemplate parsed)
    {
        Source = source;
        Where = where;
        _parsed = parsed;
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
        if (source.Length > MaxSourceLength)
            throw new ChatTemplateException(ChatTemplateFault.Limit, $"The template has {source.Length} characters; the limit is {MaxSourceLength}.", where);
        try
        {
            return new ChatTemplate(source, where, Parser.Parse(source));
        }
        catch (JinjaException e)
        {
            throw new ChatTemplateException(e.Fault, e.Message, where, e.Line);
        }
    }

    /// <summary>The template of a model's folder (<c>chat_template.jinja</c>, else <c>tokenizer_config.json</c>); null when it has none.</summary>
    /// <param name="folder">A folder with a tokenizer, or a GGUF file.</param>
    /// <param name="name">One of several named templates, such as <c>tool_use</c>; null = the default one.</param>
    public static ChatTemplate? FromFolder(string folder, string? name = null) =>
        ChatTemplateFiles.Find(folder, name) is var (source, where) ? Parse(source, where) : null;

    /// <summary>Renders a conversation.</summary>
    /// <exception cref="ChatTemplateException">The template refuses the conversation, fails with it or goes beyond a limit.</exception>
    public RenderedChat Render(ChatTemplateInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ContinuedMessage? continued = input.ContinueFinalMessage ? ContinuedMessage.Prepare(input, this) : null;
        var messages = new JsonArray([.. input.Messages.Select((message, i) =>
            continued is not null && i == input.Messages.Count - 1 ? continued.Marked : TemplateMessage.From(message))]);
        RenderedChat rendered = Evaluate(input.Limits, input.Clock, context => SetVariables(context, input, messages));
        return continued?.Cut(rendered) ?? rendered;
    }

    /// <summary>Renders with variables alone: what Jinja itself would do with the source.</summary>
    internal RenderedChat RenderPlain(JsonObject variables, TimeProvider clock, ChatTemplateLimits? limits = null) => Evaluate(limits ?? ChatTemplateLimits.Default, clock, context =>
    {
        foreach ((string name, Value value) in JsonValues.FromMembers(variables, context)) context.Globals.Set(name, value);
    });

    private RenderedChat Evaluate(ChatTemplateLimits limits, TimeProvider clock, Action<RenderContext> setVariables)
    {
        var context = new RenderContext(limits, clock, _parsed.Blocks);
        try
        {
            GlobalFunctions.AddTo(context.Globals);
            setVariables(context);
            _parsed.Body.Execute(context);
            return new RenderedChat(context.Output.ToString(), context.Output.Spans);
        }
        catch (JinjaException e)
        {
            throw new ChatTemplateException(e.Fault, e.Message, Where, e.Fault == ChatTemplateFault.Raised ? null : e.Line ?? context.Line);
        }
    }

    private void SetVariables(RenderContext context, ChatTemplateInput input, JsonArray messages)
    {
        Scope variables = context.Globals;
        foreach ((string name, string token) in input.SpecialTokens)
            if (!s_reserved.Contains(name)) variables.Set(name, TextValue.Of(token));
        foreach ((string name, Value value) in JsonValues.FromMembers(input.Variables ?? [], context))
        {
            if (s_reserved.Contains(name))
                throw new ChatTemplateException(ChatTemplateFault.Caller, $"The variable '{name}' of the chat template is set by the program and cannot be given.", Where, nextStep: "Choose another name.");
            variables.Set(name, value);
        }
        variables.Set("messages", JsonValues.From(messages, context));
        variables.Set("tools", JsonValues.From(input.Tools, context));
        variables.Set("documents", JsonValues.From(input.Documents, context));
        variables.Set("add_generation_prompt", BoolValue.Of(input.AddGenerationPrompt));
    }
}
