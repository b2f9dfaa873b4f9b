using System.Text.Json.Nodes;

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
        return new RenderingOptions
        {
            TrainOnPrompt = settings.TrainOnPrompt,
            LastTurnOnly = settings.LastTurnOnly,
            PlainCompletion = settings.PlainCompletion,
            AssistantOnlyLoss = settings.AssistantOnlyLoss,
            WholeText = RowReading.From(settings).Mapping() is { IsWholeText: true },
            System = settings.System,
            Clock = clock ?? TimeProvider.System,
        };
    }
}
