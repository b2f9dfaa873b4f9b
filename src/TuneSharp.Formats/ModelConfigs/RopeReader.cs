using TuneSharp.Formats.Json;

namespace TuneSharp.Formats.ModelConfigs;

/// <summary>Reads <see cref="RopeParameters"/> from a config in either spelling.</summary>
internal static class RopeReader
{
    private const double DefaultTheta = 10_000;
    private const int MaxPositionsLimit = 1 << 30;

    public static RopeParameters Read(CheckedFields config)
    {
        // transformers reads rope_scaling first when both stand in a file.
        (string key, CheckedFields scaling) = config.GetObject("rope_scaling") is { } old ? ("rope_scaling", old)
            : config.GetObject("rope_parameters") is { } current ? ("rope_parameters", current)
            : ("rope_scaling", new CheckedFields([], config.Where));
        if (scaling.Has("full_attention") || scaling.Has("sliding_attention"))
            throw new InvalidInputException($"{key} differs between kinds of layers, which this model family does not have here.", config.Where, "Use a model with one rotary setting for all layers.");
        string kind = scaling.GetString("rope_type") ?? scaling.GetString("type") ?? "default";
        int maxPositions = config.GetInt("max_position_embeddings", 1, MaxPositionsLimit, 2048);
        var common = new RopeParameters
        {
            Theta = scaling.GetPositiveOrNull("rope_theta") ?? config.GetPositiveOrNull("rope_theta") ?? DefaultTheta,
            PartialRotaryFactor = scaling.GetDoubleOrNull("partial_rotary_factor", 1e-3, 1) ?? config.GetDouble("partial_rotary_factor", 1e-3, 1, 1),
            MaxPositions = maxPositions,
            OriginalMaxPositions = maxPositions,
        };
        int original = scaling.GetIntOrNull("original_max_position_embeddings", 1, MaxPositionsLimit)
            ?? config.GetInt("original_max_position_embeddings", 1, MaxPositionsLimit, maxPositions);
        return kind switch
        {
            "default" => common,
            "linear" => common with { Kind = RopeKind.Linear, Factor = scaling.GetPositive("factor") },
            "dynamic" => common with { Kind = RopeKind.Dynamic, Factor = scaling.GetPositive("factor") },
            "yarn" => Yarn(common, scaling, original),
            "llama3" => Llama3(common, scaling),
            "longrope" or "su" => LongRope(common, scaling, original),
            _ => throw scaling.Wrong(scaling.Has("rope_type") ? "rope_type" : "type", "The kinds that can be computed are default, linear, dynamic, yarn, llama3 and longrope.", "Use a model with one of these."),
        };
    }

    private static RopeParameters Yarn(RopeParameters common, CheckedFields scaling, int original) => common with
    {
        Kind = RopeKind.Yarn,
        Factor = scaling.GetPositiveOrNull("factor") ?? (double)common.MaxPositions / original,
        OriginalMaxPositions = original,
        AttentionFactor = scaling.GetPositiveOrNull("attention_factor"),
        BetaFast = scaling.GetPositiveOrNull("beta_fast") ?? 32,
        BetaSlow = scaling.GetPositiveOrNull("beta_slow") ?? 1,
        Mscale = scaling.GetDoubleOrNull("mscale", 0, 1e6),
        MscaleAllDim = scaling.GetDoubleOrNull("mscale_all_dim", 0, 1e6),
        Truncate = scaling.GetBool("truncate", true),
    };

    private static RopeParameters Llama3(RopeParameters common, CheckedFields scaling)
    {
        RopeParameters rope = common with
        {
            Kind = RopeKind.Llama3,
            Factor = scaling.GetPositive("factor"),
            OriginalMaxPositions = scaling.GetInt("original_max_position_embeddings", 1, MaxPositionsLimit),
            LowFreqFactor = scaling.GetPositive("low_freq_factor"),
            HighFreqFactor = scaling.GetPositive("high_freq_factor"),
        };
        return rope.HighFreqFactor > rope.LowFreqFactor ? rope
            : throw scaling.Wrong("high_freq_factor", $"It must be greater than low_freq_factor, which is {rope.LowFreqFactor}.");
    }

    private static RopeParameters LongRope(RopeParameters common, CheckedFields scaling, int original) => common with
    {
        Kind = RopeKind.LongRope,
        Factor = scaling.GetPositiveOrNull("factor") ?? (double)common.MaxPositions / original,
        OriginalMaxPositions = original,
        AttentionFactor = scaling.GetPositiveOrNull("attention_factor"),
        ShortFactor = Factors(scaling, "short_factor"),
        LongFactor = Factors(scaling, "long_factor"),
    };

    private static IReadOnlyList<double> Factors(CheckedFields scaling, string key)
    {
        IReadOnlyList<double> factors = scaling.GetDoubles(key) ?? throw scaling.Missing(key, "a list with one number for each rotated pair of dimensions");
        return factors.Count > 0 && factors.All(factor => factor > 0) ? factors : throw scaling.Wrong(key, "All its numbers must be above 0, and there must be one for each rotated pair of dimensions.");
    }
}
