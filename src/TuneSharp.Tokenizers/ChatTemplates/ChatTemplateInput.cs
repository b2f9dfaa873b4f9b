using System.Text.Json.Nodes;

namespace TuneSharp.Tokenizers.ChatTemplates;

/// <summary>What a chat template is rendered with.</summary>
/// <param name="Messages">The conversation, oldest message first.</param>
public sealed record ChatTemplateInput(IReadOnlyList<ChatMessage> Messages)
{
    /// <summary>Tool declarations (JSON schemas); the template sees <c>none</c> when null.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>Documents for retrieval (objects with <c>title</c> and <c>text</c>); the template sees <c>none</c> when null.</summary>
    public JsonArray? Documents { get; init; }

    /// <summary>Ends with what opens the model's answer.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>Cuts the text where the final message's content ends, so that a model goes on writing it.</summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>Special tokens by their name (<c>bos_token</c>, <c>eos_token</c> …); one that is missing is undefined and prints nothing.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Further variables, such as <c>enable_thinking</c>.</summary>
    public JsonObject? Variables { get; init; }

    /// <summary>What <c>strftime_now</c> sees.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What the rendering may use.</summary>
    public ChatTemplateLimits Limits { get; init; } = ChatTemplateLimits.Default;
}
