namespace TuneSharp.Nn;

/// <summary>
/// How a model's rotary frequencies are stretched for longer rows. Frequencies are per position, [d/2], for heads of width
/// d: without scaling f_i = theta^(-2i/d).
/// </summary>
public abstract record RotaryScaling
{
    /// <summary>cos and sin are multiplied by it (scores get its square).</summary>
    public virtual double AttentionFactor => 1;

    /// <summary>The frequencies depend on the longest row seen.</summary>
    public virtual bool DependsOnLength => false;

    /// <param name="headDim">Width d of a head (of its rotated part).</param>
    /// <param name="theta">The base.</param>
    /// <param name="length">Longest row, in tokens; read only if <see cref="DependsOnLength"/>.</param>
    public abstract double[] Frequencies(int headDim, double theta, int length);

    protected static double[] Unscaled(int headDim, double theta) =>
        [.. Enumerable.Range(0, headDim / 2).Select(i => 1 / Math.Pow(theta, 2.0 * i / headDim))];

    /// <summary>The frequencies as trained.</summary>
    public sealed record None : RotaryScaling
    {
        public override double[] Frequencies(int headDim, double theta, int length) => Unscaled(headDim, theta);
    }

    /// <summary>Position interpolation: every frequency is divided by the factor (arXiv:2306.15595).</summary>
    public sealed record Linear(double Factor) : RotaryScaling
    {
        public override double[] Frequencies(int headDim, double theta, int length) => Array.ConvertAll(Unscaled(headDim, theta), f => f / Factor);
    }

    /// <summary>A divisor of its own for each frequency, whatever the length.</summary>
    /// <param name="Values">One for each pair of a head's dimensions.</param>
    public sealed record Divisors(IReadOnlyList<double> Values) : RotaryScaling
    {
        public override double[] Frequencies(int headDim, double theta, int length) => [.. Unscaled(headDim, theta).Select((f, i) => f / Values[i])];
    }

    /// <summary>
    /// Dynamic NTK: beyond <paramref name="MaxPositions"/> the base grows with the length.
    /// theta' = theta · (factor · length / max - (factor - 1))^(d / (d - 2))
    /// </summary>
    public sealed record DynamicNtk(double Factor, int MaxPositions) : RotaryScaling
    {
        public override bool DependsOnLength => true;

        public override double[] Frequencies(int headDim, double theta, int length)
        {
            double stretch = Factor * Math.Max(length, MaxPositions) / MaxPositions - (Factor - 1);
            return Unscaled(headDim, theta * Math.Pow(stretch, headDim / (headDim - 2.0)));
        }
    }

    /// <summary>
    /// Llama 3: frequencies whose wavelength exceeds original / low are divided by the factor, those shorter than
    /// original / high stay, those between are blended (Llama 3.1 reference code).
    /// </summary>
    public sealed record Llama3(double Factor, double LowFreqFactor, double HighFreqFactor, int OriginalMaxPositions) : RotaryScaling
    {
        public override double[] Frequencies(int headDim, double theta, int length) => Array.ConvertAll(Unscaled(headDim, theta), f =>
        {
            double wavelength = 2 * Math.PI / f;
            if (wavelength > OriginalMaxPositions / LowFreqFactor) return f / Factor;
            if (wavelength < OriginalMaxPositions / HighFreqFactor) return f;
            double smooth = (OriginalMaxPositions / wavelength - LowFreqFactor) / (HighFreqFactor - LowFreqFactor);
            return (1 - smooth) * f / Factor + smooth * f;
        });
    }

    /// <summary>
    /// YaRN: between the dimensions that turn BetaFast and BetaSlow times within the original length a ramp leads from the
    /// frequencies as trained to interpolated ones (arXiv:2309.00071, section 3.2).
    /// </summary>
    public sealed record Yarn(double Factor, int OriginalMaxPositions) : RotaryScaling
    {
        public double BetaFast { get; init; } = 32;

        public double BetaSlow { get; init; } = 1;

        /// <summary>Null: 0.1 · ln(factor) + 1.</summary>
        public double? Attention { get; init; }

        /// <summary>The ramp's ends are rounded to whole dimensions.</summary>
        public bool Truncate { get; init; } = true;

        public override double AttentionFactor => Attention ?? AttentionOf(Factor);

        /// <summary>0.1 · scale · ln(factor) + 1.</summary>
        public static double AttentionOf(double factor, double scale = 1) => factor <= 1 ? 1 : 0.1 * scale * Math.Log(factor) + 1;

        public override double[] Frequencies(int headDim, double theta, int length)
        {
            double low = Dimension(BetaFast), high = Dimension(BetaSlow);
            if (Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
            (low, high) = (Math.Max(low, 0), Math.Min(high, headDim - 1));
            if (low == high) high += 0.001;
            double[] trained = Unscaled(headDim, theta);
            return [.. trained.Select((f, i) =>
            {
                double interpolated = Math.Clamp((i - low) / (high - low), 0, 1);
                return f / Factor * interpolated + f * (1 - interpolated);
            })];

            double Dimension(double turns) => headDim * Math.Log(OriginalMaxPositions / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));
        }
    }
}
