using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Rendering;

/// <summary>
/// The template for prompts that hold everything themselves (<c>prompt_format</c> with the answer in it): messages one after the
/// other with nothing between them, the answer and its end token learned. A model that was tuned so is asked with the same prompt.
/// </summary>
public static class WholeTextTemplate
{
    /// <summary>The Jinja source.</summary>
    public const string Source = """
        {%- if not messages[0]['content'].startswith(bos_token) -%}{{- bos_token -}}{%- endif -%}
        {%- for message in messages -%}
        {%- if message['role'] == 'assistant' -%}
        {%- generation -%}
        {{- message['content'] -}}
        {%- if not message['content'].endswith(eos_token) -%}{{- eos_token -}}{%- endif -%}
        {%- endgeneration -%}
        {%- else -%}
        {{- message['content'] -}}
        {%- endif -%}
        {%- endfor -%}
        """;

    /// <summary>The parsed template; its special tokens are those of the plain one.</summary>
    public static ChatTemplate Instance { get; } = ChatTemplate.Parse(Source, "the template for whole texts");
}
