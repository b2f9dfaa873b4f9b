// T = tokens, D = width of the embedding, L = length of the batch's longest row
using System.Runtime.InteropServices;
using TuneSharp.Nn;
using TuneSharp.Peft.Randomness;
using static TorchSharp.torch;

namespace TuneSharp.Training.Regularization;

/// <summary>
/// NEFTune (Jain et al. 2023, arXiv:2310.05914): while training, y_TD + noise, uniform in ± α / √(L·D). The noise is a function of the
/// tape's seed, so a resumed run repeats it; what is measured or generated has none. L is the longest row, as Hugging Face's Trainer,
/// which pads the others to it, has it.
/// </summary>
public sealed class NeftuneNoise : IEmbeddingAdapter, IDisposable
{
    private static readonly ulong Purpose = CounterRandom.Hash("neftune");

    private readonly double _alpha;
    private readonly Embedding _embedding;

    /// <summary>Sits behind the adapters that are in the embedding's slots already, until it is disposed.</summary>
    public NeftuneNoise(double alpha, Embedding embedding)
    {
        _alpha = alpha;
        _embedding = embedding;
        embedding.Adapters.Add(this);
    }

    public bool Trained => false;

    /// <summary>Largest amount of the noise.</summary>
    public static double Magnitude(double alpha, int longestRow, int width) => alpha / Math.Sqrt((double)longestRow * width);

    public Var After(Tape t, Embedding embedding, TokenBatch batch, Var y)
    {
        if (!t.Training) return y;
        int longest = batch.Rows.Max(row => row.Length) - batch.NumVirtualTokens;
        Nn.Buffer noise_TD = t.Rent(y.Data.dtype, y.Data.shape);
        using (Nn.Buffer wide_TD = t.Workspace.Rent(ScalarType.Float32, y.Data.shape))
        {
            CounterRandom.FillUniform(MemoryMarshal.Cast<byte, float>(wide_TD.Tensor.bytes), CounterRandom.Key(t.Seed, Purpose), Magnitude(_alpha, longest, embedding.Width));
            noise_TD.Tensor.copy_(wide_TD.Tensor);
        }
        return t.Add(t.Leaf(noise_TD, needsGrad: false), y);
    }

    public void Dispose() => _embedding.Adapters.Remove(this);
}
