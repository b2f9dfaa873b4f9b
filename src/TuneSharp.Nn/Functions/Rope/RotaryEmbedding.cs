using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// The angles position · frequency of a model's rotary embedding. Where the frequencies depend on the length (dynamic NTK)
/// the longest position of the batch decides, so rows of one batch share it; with a cache it is the longest that the cache
/// has seen, and keys already cached keep their former angles, as in Hugging Face's models.
/// </summary>
/// <param name="headDim">Width r of what is rotated of a head: mostly the whole head.</param>
/// <param name="theta">The base.</param>
/// <param name="scaling">How frequencies are stretched.</param>
/// <param name="maxPositions">Longest row that the model was trained on, in tokens.</param>
/// <param name="layout">What is rotated together.</param>
public sealed class RotaryEmbedding(int headDim, double theta, RotaryScaling scaling, int maxPositions, RotaryLayout layout = RotaryLayout.Halves)
{
    public int HeadDim => headDim;

    /// <summary>The frequencies in use for rows of at most <paramref name="length"/> tokens, [r/2].</summary>
    public double[] Frequencies(int length = 0) => scaling.Frequencies(headDim, theta, length);

    public double AttentionFactor => scaling.AttentionFactor;

    /// <summary>Cosines and sines of every token of a batch; they live as long as the batch.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="cache">Earlier tokens of these rows.</param>
    /// <param name="type">Of the result.</param>
    /// <param name="firstPosition">Of a row that begins here, behind a prefix.</param>
    public RotaryAngles Angles(TokenBatch batch, KvCache? cache, ScalarType type, int firstPosition = 0) =>
        batch.Derived((this, type, firstPosition), () => Compute(batch.Positions(cache, firstPosition), cache, type));

    private RotaryAngles Compute(int[] positions, KvCache? cache, ScalarType type)
    {
        int length = positions.Max() + 1;
        if (scaling.DependsOnLength && cache is not null) length = cache.RotaryLength = LengthSeen(cache.RotaryLength, length);

        // Products of two float32, as the reference models compute them: beyond some thousand positions the rounding shows.
        float[] frequencies = Array.ConvertAll(Frequencies(length), f => (float)f);
        int half = frequencies.Length;
        float factor = (float)scaling.AttentionFactor;
        var angles = new Dictionary<int, int>();
        float[] cos = new float[positions.Length * half], sin = new float[cos.Length];
        for (int t = 0; t < positions.Length; t++)
        {
            Span<float> c = cos.AsSpan(t * half, half), s = sin.AsSpan(t * half, half);
            if (!angles.TryAdd(positions[t], t))
            {
                // Rows repeat each other's positions.
                int same = angles[positions[t]] * half;
                cos.AsSpan(same, half).CopyTo(c);
                sin.AsSpan(same, half).CopyTo(s);
                continue;
            }
            for (int i = 0; i < half; i++)
            {
                double angle = positions[t] * frequencies[i];
                c[i] = (float)Math.Cos(angle) * factor;
                s[i] = (float)Math.Sin(angle) * factor;
            }
        }
        return new RotaryAngles(Tensor(cos), Tensor(sin)) { Layout = layout };

        Tensor Tensor(float[] values)
        {
            using DisposeScope scope = NewDisposeScope();
            return torch.tensor(values).view(positions.Length, half).to(type, copy: true).DetachFromDisposeScope();
        }
    }

    /// <summary>The state rule of dynamic NTK: grows with the longest row, falls back once all rows are short again.</summary>
    private int LengthSeen(int before, int now) => now < maxPositions ? maxPositions : Math.Max(Math.Max(before, now), maxPositions);
}
