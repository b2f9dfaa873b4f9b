namespace TuneSharp.Inference.Sampling;

/// <summary>
/// Logits in, next id out: the processors of the settings in their order, then the best token (greedy) or a draw by inverse
/// cumulative probability. Keeps the random state, so one sampler serves one text.
/// </summary>
public sealed class TokenSampler
{
    private readonly IReadOnlyList<ILogitsProcessor> processors;
    private readonly bool greedy;
    private readonly Xoshiro256 random;
    private readonly Mirostat? mirostat;

    /// <param name="settings">Checked here.</param>
    /// <param name="scope">End ids and tokenizer; settings that name words or the end need them.</param>
    public TokenSampler(SamplingSettings settings, SamplingScope? scope = null)
    {
        settings.Validate();
        random = new Xoshiro256((ulong)settings.Seed);
        greedy = settings.Temperature == 0;
        processors = SamplingPipeline.Create(settings, scope, random.NextDouble);
        if (settings.MirostatTau > 0) mirostat = new Mirostat(settings.MirostatTau, settings.MirostatEta);
    }

    /// <param name="context">The ids so far.</param>
    /// <param name="logits_V">Changed in place.</param>
    /// <returns>The id of the next token.</returns>
    /// <exception cref="ArithmeticException">The model gave no finite score at all.</exception>
    public int Next(in SamplingContext context, Span<float> logits_V)
    {
        foreach (ILogitsProcessor processor in processors) processor.Apply(context, logits_V);
        int best = Best(logits_V);
        if (greedy) return best;
        return mirostat is null ? Draw(logits_V, best, random.NextDouble()) : mirostat.Draw(logits_V, random.NextDouble());
    }

    /// <summary>The first of the largest scores, as torch's argmax on a CPU.</summary>
    internal static int Best(ReadOnlySpan<float> logits_V)
    {
        int best = -1;
        float max = float.NegativeInfinity;
        for (int i = 0; i < logits_V.Length; i++)
        {
            if (!(logits_V[i] > max)) continue;
            max = logits_V[i];
            best = i;
        }
        return best >= 0 && !float.IsPositiveInfinity(max) ? best : throw new ArithmeticException("The model's scores are not finite numbers: its weights or the adapter are damaged.");
    }

    /// <summary>The first id whose cumulative probability exceeds <paramref name="u"/>, in the order of ids.</summary>
    internal static int Draw(ReadOnlySpan<float> logits_V, int best, double u)
    {
        float max = logits_V[best];
        double sum = 0;
        foreach (float score in logits_V) sum += Math.Exp((double)score - max);
        double left = u * sum;
        int last = best;
        for (int i = 0; i < logits_V.Length; i++)
        {
            double weight = Math.Exp((double)logits_V[i] - max);
            if (weight == 0) continue;
            last = i;
            left -= weight;
            if (left < 0) return i;
        }
        return last;
    }
}
