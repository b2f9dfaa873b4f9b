using System.Text.Json.Nodes;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Rendering.Slots;

/// <summary>What is learned, and how long a row may become.</summary>
/// <param name="TrainOnPrompt">Learn the questions as well.</param>
/// <param name="LastTurnOnly">Learn the last answer only; it is also the one that is cut last.</param>
/// <param name="Cutoff">Longest row in tokens: questions and answers are cut as LLaMA-Factory cuts them, turn by turn.</param>
internal readonly record struct SlotLearning(bool TrainOnPrompt = false, bool LastTurnOnly = false, int Cutoff = int.MaxValue);

/// <summary>A conversation as ids and labels, exactly as LLaMA-Factory's supervised processor makes them.</summary>
internal sealed class SlotRendering
{
    private readonly Tokenizer _tokenizer;
    private readonly SlotTemplate _template;
    private readonly int? _bos;
    private readonly int? _eos;

    /// <exception cref="Formats.InvalidInputException">The tokenizer lacks a token that the template needs.</exception>
    public SlotRendering(Tokenizer tokenizer, SlotTemplate template)
    {
        (_tokenizer, _template, _bos, _eos) = (tokenizer, template, tokenizer.SpecialTokens.Bos?.Id, template.EndId(tokenizer));
        foreach (Slot slot in (IEnumerable<Slot>)[.. template.Prefix, .. template.User, .. template.Assistant, .. template.System, .. template.Observation])
            if (slot.Kind == SlotKind.Token && tokenizer.TokenToId(slot.Text) is null) throw Missing(slot.Text);
        if (_eos is null && (template.EfficientEos || template.EndsOnce || template.Assistant.Any(slot => slot.Kind == SlotKind.Eos))) throw Missing("eos_token");
    }

    /// <summary>The tokens of each question (with what stands in front of it) and of its answer.</summary>
    public List<(int[] Source, int[] Target, bool IsLearned)> Pairs(IReadOnlyList<Turn> turns, JsonArray? tools)
    {
        (string system, List<SlotMessage> messages) = SlotMessages.Of(turns, _template);
        var pairs = new List<(int[], int[], bool)>(messages.Count / 2);
        for (int i = 0; i < messages.Count; i += 2)
        {
            var source = new List<int>();
            string inFront = i == 0 ? Opening(system, tools, source) : "";
            Append(source, messages[i].Role == SlotRole.User ? _template.User : _template.Observation, inFront + messages[i].Content);
            var target = new List<int>();
            Append(target, messages[i + 1].Role == SlotRole.Assistant ? _template.Assistant : _template.Function, messages[i + 1].Content);
            pairs.Add(([.. source], [.. target], messages[i + 1].Weight is not 0));
        }
        return pairs;
    }

    /// <returns>Ids, labels, and whether something was cut.</returns>
    /// <exception cref="ChatTemplateException">The template cannot hold the conversation, or cannot learn its prompts.</exception>
    public (int[] Ids, int[] Labels, bool IsCut) Render(IReadOnlyList<Turn> turns, JsonArray? tools, SlotLearning learning)
    {
        if (learning.TrainOnPrompt && _template.EfficientEos) throw new ChatTemplateException(ChatTemplateFault.Caller, $"The template {_template.Name} does not support train_on_prompt", _template.Name);
        List<(int[] Source, int[] Target, bool IsLearned)> pairs = Pairs(turns, tools);
        if (learning.LastTurnOnly) pairs.Reverse();    // the last turn is served first where there is not room for all
        var parts = new List<(int[] Ids, int[] Labels)>(pairs.Count);
        bool endsOnce = _template.EfficientEos || _template.EndsOnce;
        int total = endsOnce ? 1 : 0;
        bool isCut = false;
        for (int turn = 0; turn < pairs.Count; turn++)
        {
            (int[] source, int[] target, bool isLearned) = pairs[turn];
            if (total >= learning.Cutoff)
            {
                isCut = true;
                break;
            }
            (int keptSource, int keptTarget) = TurnTruncation.Keep(source.Length, target.Length, learning.Cutoff - total);
            isCut |= keptSource < source.Length || keptTarget < target.Length;
            source = source[..keptSource];
            target = target[..keptTarget];
            total += keptSource + keptTarget;
            int[] sourceLabels = learning.TrainOnPrompt ? source : Ignored(keptSource);
            // The end of an answer is learned where the next turn begins: its text never holds an end token.
            if (_template.EfficientEos && turn > 0 && keptSource > 0 && (learning.LastTurnOnly || pairs[turn - 1].IsLearned)) sourceLabels[0] = _eos!.Value;
            bool learned = isLearned && !(learning.LastTurnOnly && turn > 0);
            parts.Add(([.. source, .. target], [.. sourceLabels, .. learned ? target : Ignored(keptTarget)]));
        }
        if (learning.LastTurnOnly) parts.Reverse();
        int[] end = endsOnce ? [_eos!.Value] : [];
        bool endLearned = end.Length == 0 || pairs[learning.LastTurnOnly ? 0 : ^1].IsLearned;
        return ([.. parts.SelectMany(part => part.Ids), .. end], [.. parts.SelectMany(part => part.Labels), .. endLearned ? end : Ignored(end.Length)], isCut);
    }

    // Prefix and system text in front of the first question; what must stand inside the question is given back.
    private string Opening(string system, JsonArray? tools, List<int> ids)
    {
        Append(ids, _template.Prefix, "");
        if (system.Length == 0) system = _template.DefaultSystem;
        string declared = tools is { Count: > 0 } ? _template.Tools.Declare([.. tools.Select(tool => tool as JsonObject ?? [])]) : "";
        if (system.Length == 0 && declared.Length == 0) return "";
        if (_template.SystemPlace == SystemPlace.InFirstQuestion) return Filled(_template.System[0], system + declared);
        Append(ids, _template.System, system + declared);
        return "";
    }

    private void Append(List<int> ids, IReadOnlyList<Slot> slots, string content)
    {
        foreach (Slot slot in slots)
        {
            switch (slot.Kind)
            {
                case SlotKind.Token:
                    ids.Add(_tokenizer.TokenToId(slot.Text)!.Value);
                    break;
                case SlotKind.Bos when _bos is { } bos:
                    ids.Add(bos);
                    break;
                case SlotKind.Eos when _eos is { } eos:
                    ids.Add(eos);
                    break;
                case SlotKind.Text when Filled(slot, content) is { Length: > 0 } text:
                    ids.AddRange(_tokenizer.EncodeIds(text));
                    break;
            }
        }
    }

    internal static string Filled(Slot slot, string content)
    {
        int at = slot.Text.IndexOf(Slot.Content, StringComparison.Ordinal);
        return at < 0 ? slot.Text : string.Concat(slot.Text.AsSpan(0, at), content, slot.Text.AsSpan(at + Slot.Content.Length));
    }

    private static int[] Ignored(int count)
    {
        int[] labels = new int[count];
        Array.Fill(labels, TrainingExample.Ignored);
        return labels;
    }

    private Formats.InvalidInputException Missing(string token) => new($"The template {_template.Name} needs the token {token}, which this tokenizer does not have.", "template", "Remove template to use the model's own, or choose one that fits the model.");
}
