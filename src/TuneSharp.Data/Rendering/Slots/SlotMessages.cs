using System.Text.Json.Nodes;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Rendering.Slots;

internal enum SlotRole
{
    User,
    Assistant,
    Function,
    Observation,
}

/// <summary>A turn as slot templates know it. <paramref name="Weight"/> is that of an answer.</summary>
internal readonly record struct SlotMessage(SlotRole Role, string Content, double? Weight);

/// <summary>Brings a conversation into the strict order that slot templates need: question or result, answer or call, and so on.</summary>
internal static class SlotMessages
{
    // LLaMA-Factory joins results that follow one another with these tags, whatever the template.
    private const string BetweenResults = "\n</tool_response>\n<tool_response>\n";

    /// <exception cref="ChatTemplateException">The turns do not alternate, or an answer is text and call at once.</exception>
    public static (string System, List<SlotMessage> Messages) Of(IReadOnlyList<Turn> turns, SlotTemplate template)
    {
        string system = "";
        var messages = new List<SlotMessage>(turns.Count);
        for (int i = 0; i < turns.Count; i++)
        {
            ChatMessage message = turns[i].Message;
            if (message.Role == "system")
            {
                if (i > 0) throw Refused(template, "holds a system text in front only");
                system = message.Content;
                continue;
            }
            SlotMessage next = One(turns[i], template);
            if (next.Role == SlotRole.Observation && messages is [.., { Role: SlotRole.Observation } earlier])
            {
                messages[^1] = earlier with { Content = earlier.Content + BetweenResults + next.Content };
                continue;
            }
            bool isAnswer = next.Role is SlotRole.Assistant or SlotRole.Function;
            if (isAnswer != (messages.Count % 2 == 1)) throw Refused(template, "needs questions and answers that take turns");
            messages.Add(next);
        }
        if (messages.Count == 0 || messages.Count % 2 != 0) throw Refused(template, "needs an answer to every question");
        return (system, messages);
    }

    private static SlotMessage One(Turn turn, SlotTemplate template)
    {
        ChatMessage message = turn.Message;
        if (message.Role == "assistant" && message.Extra?["tool_calls"] is JsonArray calls)
        {
            if (message.Content.Length > 0) throw Refused(template, "cannot hold an answer that is a text and a tool call at once");
            return new SlotMessage(SlotRole.Function, template.Calls.Call([.. calls.Select(call => new ToolCall((string?)call!["function"]!["name"] ?? "", call["function"]!["arguments"]))]), turn.Weight);
        }
        return new SlotMessage(message.Role switch { "user" => SlotRole.User, "assistant" => SlotRole.Assistant, "tool" => SlotRole.Observation, _ => throw Refused(template, $"does not know the role {message.Role}") }, message.Content, turn.Weight);
    }

    private static ChatTemplateException Refused(SlotTemplate template, string why) => new(ChatTemplateFault.Caller, $"The template {template.Name} {why}", template.Name);
}
