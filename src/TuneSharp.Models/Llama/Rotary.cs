using TuneSharp.Formats.Errors;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;

namespace TuneSharp.Models.Llama;

/// <summary>Rotary embedding from config.json's parameters.</summary>
internal static class Rotary
{
    public static RotaryEmbedding Create(RopeParameters rope, int headDim, HfConfig config)
    {
        if (headDim % 2 != 0) throw config.Wrong("head_dim", "Rotary embedding needs heads of an even width.");
        if (rope.PartialRotaryFactor != 1) throw config.Wrong("partial_rotary_factor", "Models of this family rotate whole heads.");
        RotaryScaling scaling = rope.Kind switch
        {
            RopeKind.Default => new RotaryScaling.None(),
            RopeKind.Linear => new RotaryScaling.Linear(rope.Factor),
            RopeKind.Dynamic when headDim > 2 => new RotaryScaling.DynamicNtk(rope.Factor, rope.MaxPositions),
            RopeKind.Llama3 => new RotaryScaling.Llama3(rope.Factor, rope.LowFreqFactor, rope.HighFreqFactor, rope.OriginalMaxPositions),
            RopeKind.Yarn => new RotaryScaling.Yarn(rope.Factor, rope.OriginalMaxPositions)
            {
                BetaFast = rope.BetaFast,
                BetaSlow = rope.BetaSlow,
                Truncate = rope.Truncate,
                Attention = rope.AttentionFactor ?? YarnAttention(rope),
            },
            RopeKind.LongRope when rope.AttentionFactor == 1 && rope.ShortFactor.Count == headDim / 2 && rope.ShortFactor.SequenceEqual(rope.LongFactor) => new RotaryScaling.Divisors(rope.ShortFactor),
            _ => throw config.Wrong(config.Has("rope_scaling") ? "rope_scaling" : "rope_parameters",
                $"Rotary scaling of the kind {rope.Kind} cannot be computed for this family.", "Use a model with default, linear, dynamic, yarn or llama3 scaling."),
        };
        return new RotaryEmbedding(headDim, rope.Theta, scaling, rope.MaxPositions);
    }

    /// <summary>DeepSeek's two scales, if both are set and not 0.</summary>
    private static double? YarnAttention(RopeParameters rope) => rope is { Mscale: { } scale and not 0, MscaleAllDim: { } all and not 0 }
        ? RotaryScaling.Yarn.AttentionOf(rope.Factor, scale) / RotaryScaling.Yarn.AttentionOf(rope.Factor, all)
        : null;
}
