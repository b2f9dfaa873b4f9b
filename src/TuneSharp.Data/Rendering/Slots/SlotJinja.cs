using System.Text;
using TuneSharp.Tokenizers;

namespace TuneSharp.Data.Rendering.Slots;

/// <summary>
/// The same prompt format as a Jinja chat template, to be saved beside a result: whoever asks the model needs no slots. It gives the
/// same text, and with byte-level vocabularies the same ids.
/// </summary>
internal static class SlotJinja
{
    public static string Write(SlotTemplate template, Tokenizer tokenizer)
    {
        string Part(IReadOnlyList<Slot> slots, string content) => string.Join(" + ", slots.SelectMany(slot => Pieces(slot, content, template, tokenizer)).DefaultIfEmpty("''"));

        bool inQuestion = template.SystemPlace == SystemPlace.InFirstQuestion;
        var text = new StringBuilder();
        text.Append("{{- ").Append(Part(template.Prefix, "''")).Append(" -}}\n");
        text.Append("{%- if messages[0]['role'] == 'system' -%}{%- set system_message = messages[0]['content'] -%}{%- set loop_messages = messages[1:] -%}\n");
        text.Append("{%- else -%}{%- set system_message = ").Append(Literal(template.DefaultSystem)).Append(" -%}{%- set loop_messages = messages -%}{%- endif -%}\n");
        if (!inQuestion) text.Append("{%- if system_message -%}{{- ").Append(Part(template.System, "system_message")).Append(" -}}{%- endif -%}\n");
        text.Append("{%- for message in loop_messages -%}\n{%- set content = message['content'] -%}\n");
        if (inQuestion) text.Append("{%- if loop.first and system_message -%}{%- set content = ").Append(Part([template.System[0]], "system_message")).Append(" + content -%}{%- endif -%}\n");
        text.Append("{%- if message['role'] == 'assistant' -%}{%- generation -%}{{- ").Append(Part(template.Assistant, "content")).Append(" -}}");
        if (template.EfficientEos || template.EndsOnce) text.Append("{%- if loop.last -%}{{- ").Append(Literal(template.EndText(tokenizer))).Append(" -}}{%- endif -%}");
        text.Append("{%- endgeneration -%}\n");
        text.Append("{%- elif message['role'] == 'tool' -%}{{- ").Append(Part(template.Observation, "content")).Append(" -}}\n");
        text.Append("{%- else -%}{{- ").Append(Part(template.User, "content")).Append(" -}}{%- endif -%}\n{%- endfor -%}\n");
        return text.ToString();
    }

    private static IEnumerable<string> Pieces(Slot slot, string content, SlotTemplate template, Tokenizer tokenizer)
    {
        switch (slot.Kind)
        {
            case SlotKind.Token:
                yield return Literal(slot.Text);
                break;
            case SlotKind.Bos:
                if (tokenizer.SpecialTokens.Bos is { } bos) yield return Literal(bos.Text);
                break;
            case SlotKind.Eos:
                yield return Literal(template.EndText(tokenizer));
                break;
            default:
                string[] around = slot.Text.Split(Slot.Content, 2);
                if (around[0].Length > 0) yield return Literal(around[0]);
                if (around.Length == 2) yield return content;
                if (around.Length == 2 && around[1].Length > 0) yield return Literal(around[1]);
                break;
        }
    }

    private static string Literal(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "'";
}
