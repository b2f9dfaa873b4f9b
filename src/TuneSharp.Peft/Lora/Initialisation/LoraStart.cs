using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;

namespace TuneSharp.Peft.Lora.Initialisation;

public enum LoraStartKind { Default, Random, Gaussian, Orthogonal, Pissa, Olora }

/// <summary>init_lora_weights: how A and B start.</summary>
/// <param name="Kind">The way.</param>
/// <param name="Iterations">Of PiSSA's quick decomposition; null: the full one.</param>
public sealed record LoraStart(LoraStartKind Kind, int? Iterations = null)
{
    private const string Quick = "pissa_niter_";

    /// <summary>A small, B zero.</summary>
    public static LoraStart Default { get; } = new(LoraStartKind.Default);

    /// <summary>PEFT's true or false.</summary>
    public bool IsPlain => Kind is LoraStartKind.Default or LoraStartKind.Random;

    /// <summary>What A and B start with is taken out of the base.</summary>
    public bool TakesFromBase => Kind is LoraStartKind.Pissa or LoraStartKind.Olora;

    public static LoraStart FromText(string text, string? where) => text.ToLowerInvariant() switch
    {
        "true" => Default,
        "false" => new(LoraStartKind.Random),
        "gaussian" => new(LoraStartKind.Gaussian),
        "orthogonal" => new(LoraStartKind.Orthogonal),
        "olora" => new(LoraStartKind.Olora),
        "pissa" => new(LoraStartKind.Pissa),
        var quick when quick.StartsWith(Quick, StringComparison.Ordinal) && int.TryParse(quick.AsSpan(Quick.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int iterations) && iterations <= 1000 => new(LoraStartKind.Pissa, iterations),
        _ => throw new InvalidInputException($"`init_lora_weights` is {text}, which this program cannot do.", where, "Choose true, false, gaussian, orthogonal, pissa, pissa_niter_16 or olora."),
    };

    public static LoraStart FromJson(CheckedFields fields) => fields.Json["init_lora_weights"] switch
    {
        null => Default,
        { } node when node.GetValueKind() is JsonValueKind.True => Default,
        { } node when node.GetValueKind() is JsonValueKind.False => new(LoraStartKind.Random),
        _ => FromText(fields.GetString("init_lora_weights")!, fields.Where),
    };

    public string ToText() => Kind switch
    {
        LoraStartKind.Default => "true",
        LoraStartKind.Random => "false",
        LoraStartKind.Pissa when Iterations is { } iterations => Quick + iterations.ToString(CultureInfo.InvariantCulture),
        _ => Kind.ToString().ToLowerInvariant(),
    };

    public JsonNode ToJson() => IsPlain ? JsonValue.Create(Kind == LoraStartKind.Default) : JsonValue.Create(ToText())!;
}
