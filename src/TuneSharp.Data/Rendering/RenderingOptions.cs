using System.Text.Json.Nodes;
using TuneSharp.Data.Prompts;
using TuneSharp.Data.Rendering.Slots;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Rendering;

/// <summary>What is learned of a row, and what its template is rendered with.</summary>
public sealed record RenderingOptions
{
    /// <summary>Learn every token, not the answers alone.</summary>
    public bool TrainOnPrompt { get; init; }

    /// <summary>Learn the last answer of a conversation only.</summary>
    public bool LastTurnOnly { get; init; }

    /// <summary>The prompt holds everything: no chat template is put around it (<see cref="WholeTextTemplate"/>).</summary>
    public bool WholeText { get; init; }

    /// <summary>Render a question with its answer as text that goes on, without the template.</summary>
    public bool PlainCompletion { get; init; }

    /// <summary>Refuse a template that marks no answers with <c>{% generation %}</c>.</summary>
    public bool AssistantOnlyLoss { get; init; }

    /// <summary>With <see cref="WholeText"/>: prompt and answer are tokenized apart, as text-generation-webui does.</summary>
    public bool TokenizeApart { get; init; }

    /// <summary>With <see cref="WholeText"/> and for texts: an end token is put behind a text that has none.</summary>
    public bool AppendEos { get; init; } = true;

    /// <summary>A chat template in the place of the model's own.</summary>
    public ChatTemplate? Template { get; init; }

    /// <summary>The prompt format of LLaMA-Factory that replaces the chat template.</summary>
    internal SlotTemplate? Slots { get; init; }

    /// <summary>With a prompt format of LLaMA-Factory: longest row in tokens, question and answer cut in proportion; null = nothing is cut here.</summary>
    public int? Cutoff { get; init; }

    /// <summary>Of texts only what follows the last occurrence of these tokens is learned.</summary>
    public string? ResponseTemplate { get; init; }

    /// <summary>System text for conversations without one; null = none is added (a template may have its own).</summary>
    public string? System { get; init; }

    /// <summary>Further variables of the template, such as <c>enable_thinking</c>.</summary>
    public JsonObject? Variables { get; init; }

    /// <summary>What templates that write the date see. Fix it, or rows differ from day to day.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The part of the settings that concerns rendering.</summary>
    public static RenderingOptions From(DataSettings settings, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RowReading reading = RowReading.From(settings);
        PromptTemplate? template = PromptTemplate.Resolve(settings.Template);
        bool wholeText = reading.Mapping() is { IsWholeText: true } || template?.Keyed is not null || (settings.TrainOnlyAfter is not null && template is null);
        return new RenderingOptions
        {
            TrainOnPrompt = settings.TrainOnPrompt,
            LastTurnOnly = settings.LastTurnOnly,
            PlainCompletion = settings.PlainCompletion,
            AssistantOnlyLoss = settings.AssistantOnlyLoss,
            WholeText = wholeText,
            TokenizeApart = template?.Keyed is not null,
            Template = template?.Chat,
            Slots = template?.Slots,
            Cutoff = template?.Slots is not null && settings.OverlongRows == OverlongRows.Truncate ? settings.MaxLength : null,
            ResponseTemplate = RowReading.WithLineBreaks(settings.ResponseTemplate),
            System = settings.System,
            Clock = clock ?? TimeProvider.System,
        };
    }
}
