using TuneSharp.Formats;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Rendering;

/// <summary>
/// The template for base models, which bring none: TuneSharp's own plain prompt in the manner of Alpaca's. A conversation becomes
/// <code>
/// You answer briefly.                 (the system text, if there is one)
///
/// ### Instruction:
/// What do cows eat?
///
/// ### Response:
/// Grass.&lt;eos&gt;
/// </code>
/// with an empty line between turns. The answer and its end token are learned. BOS stands in front where the tokenizer puts it.
/// Tool messages are shown as <c>### Result:</c>. A model that was tuned with it must be asked with it: save <see cref="Source"/> as
/// <c>chat_template.jinja</c> beside the result.
/// </summary>
public static class PlainChatTemplate
{
    /// <summary>The Jinja source.</summary>
    public const string Source = """
        {{- bos_token -}}
        {%- for message in messages -%}
        {%- if message['role'] == 'system' -%}
        {{- message['content'] + '\n\n' -}}
        {%- elif message['role'] == 'assistant' -%}
        {{- '### Response:\n' -}}
        {%- generation -%}
        {{- message['content'] + eos_token -}}
        {%- endgeneration -%}
        {%- if not loop.last -%}{{- '\n\n' -}}{%- endif -%}
        {%- elif message['role'] == 'tool' -%}
        {{- '### Result:\n' + message['content'] + '\n\n' -}}
        {%- else -%}
        {{- '### Instruction:\n' + message['content'] + '\n\n' -}}
        {%- endif -%}
        {%- endfor -%}
        {%- if add_generation_prompt -%}{{- '### Response:\n' -}}{%- endif -%}
        """;

    /// <summary>The parsed template.</summary>
    public static ChatTemplate Instance { get; } = ChatTemplate.Parse(Source, "the plain prompt template");

    /// <summary>The special tokens to render it with.</summary>
    /// <exception cref="InvalidInputException">The tokenizer names no end token: answers would never end.</exception>
    public static IReadOnlyDictionary<string, string> SpecialTokens(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        SpecialToken eos = tokenizer.SpecialTokens.Eos ?? throw new InvalidInputException(
            "The tokenizer names no end token (eos_token), and the model has no chat template.", "tokenizer_config.json", "Add \"eos_token\", or a chat_template.jinja.");
        return new Dictionary<string, string>(StringComparer.Ordinal) { ["bos_token"] = OwnBos(tokenizer)?.Text ?? "", ["eos_token"] = eos.Text };
    }

    // BOS belongs in front only where the tokenizer itself puts it (Llama does, GPT-2 and Qwen do not, although they name one).
    private static SpecialToken? OwnBos(Tokenizer tokenizer) =>
        tokenizer.SpecialTokens.Bos is { } bos && tokenizer.EncodeIds("a", addSpecialTokens: true) is [var first, ..] && first == bos.Id ? bos : null;
}
