namespace TuneSharp.Formats.ModelConfigs;

/// <summary>How rotary position embedding stretches its frequencies beyond the trained length.</summary>
public enum RopeKind
{
    /// <summary>Not at all.</summary>
    Default,

    /// <summary>Positions divided by the factor.</summary>
    Linear,

    /// <summary>NTK: the base grows with the length of the text.</summary>
    Dynamic,

    /// <summary>YaRN (arXiv 2309.00071): low frequencies interpolated, high ones kept, scores scaled.</summary>
    Yarn,

    /// <summary>Llama 3.1: static, by wavelength.</summary>
    Llama3,

    /// <summary>LongRoPE (arXiv 2402.13753): a factor for each frequency, short and long texts apart.</summary>
    LongRope,
}

/// <summary>
/// Rotary embedding settings in one form, whichever spelling the file has: <c>rope_theta</c> + <c>rope_scaling</c>
/// (<c>type</c> or <c>rope_type</c>) of the Hub, or <c>rope_parameters</c> of transformers 5. Defaults are filled in.
/// </summary>
public sealed record RopeParameters
{
    public RopeKind Kind { get; init; } = RopeKind.Default;

    /// <summary>Base of the frequencies.</summary>
    public double Theta { get; init; } = 10_000;

    /// <summary>Stretch: new length over trained length. 1 for the default kind.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Length in tokens that the model was trained on before it was stretched.</summary>
    public int OriginalMaxPositions { get; init; }

    /// <summary>The model's <c>max_position_embeddings</c>.</summary>
    public int MaxPositions { get; init; }

    /// <summary>Share of each head that is rotated.</summary>
    public double PartialRotaryFactor { get; init; } = 1;

    /// <summary>Multiplies cos and sin (YaRN, LongRoPE); null = by the formula of the kind.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>YaRN: rotations above which a frequency is kept.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: rotations below which a frequency is interpolated.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: whether the borders are rounded to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>YaRN of DeepSeek: the attention factor is mscale(factor, this) / mscale(factor, <see cref="MscaleAllDim"/>) when both are set.</summary>
    public double? Mscale { get; init; }

    public double? MscaleAllDim { get; init; }

    /// <summary>Llama 3: wavelengths above original length / this are interpolated.</summary>
    public double LowFreqFactor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths below original length / this are kept.</summary>
    public double HighFreqFactor { get; init; } = 4;

    /// <summary>LongRoPE: divisors of the frequencies up to the original length, one for each pair of dimensions.</summary>
    public IReadOnlyList<double> ShortFactor { get; init; } = [];

    /// <summary>LongRoPE: the same beyond the original length.</summary>
    public IReadOnlyList<double> LongFactor { get; init; } = [];
}
