using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Lora.Dora;
using TuneSharp.Peft.Lora.Initialisation;
using TuneSharp.Peft.Replaced;

namespace TuneSharp.Peft.Lora;

/// <summary>What a LoRA adapter does to the base's weights when it is merged.</summary>
internal static class LoraMerging
{
    /// <exception cref="InvalidInputException">The base has no place for a part of the adapter: no bias, or one matrix where two would be needed.</exception>
    public static IReadOnlyList<WeightChange> ChangesOf(LoraMethod method)
    {
        LoraParts parts = method.Parts;
        CheckTied(parts);
        var changes = new List<WeightChange>();
        changes.AddRange(parts.Replaced.Select(replaced => replaced.Change(() => method.Attached)));
        // A DoRA works on the base's own rows, so it comes before what only adds, and two of them cannot be.
        if (parts.Doras.Count > 0) changes.AddRange(parts.Doras.Select(dora => new WeightChange(dora.Lora.Linear.Weight, dora.Apply, Replaces: true)));
        else changes.AddRange(parts.Linears.Select(adapter => new WeightChange(adapter.Linear.Weight, adapter.AddTo)));
        changes.AddRange(method.Residuals.Select(residual => new WeightChange(residual.Lora.Linear.Weight, residual.Apply)));
        changes.AddRange(parts.Linears.Where(adapter => adapter.Bias is not null).Select(BiasOf));
        if (parts.Embedding is { } embedding) changes.Add(new WeightChange(embedding.Embedding.Weight, embedding.AddTo));
        if (parts.Tokens is { } tokens) changes.Add(tokens.Change());
        return changes;
    }

    private static WeightChange BiasOf(LoraAdapter adapter)
    {
        Parameter bias = adapter.Linear.Bias ?? throw new InvalidInputException($"{adapter.Linear.Name} has no bias that the adapter's could be added to.", null, "Use the adapter beside its base, or train one with lora_bias: false.");
        return new WeightChange(bias, value => value.add_(adapter.Bias!.Value.to(value.dtype), Number.Of(adapter.Scale * adapter.Strength)));
    }

    private static void CheckTied(LoraParts parts)
    {
        if (!parts.IsTied) return;
        string? adapted = parts.Embedding?.Embedding.Name ?? parts.AdaptedHead?.Name;
        if (adapted is not null)
            throw new InvalidInputException($"{adapted} is one matrix with the other end of the model, which the adapter does not change.", null, "Use the adapter beside its base.");
    }
}
