// O = out, I = in, r = rank
using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Lora.Embeddings;
using TuneSharp.Peft.Randomness;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Lora.Initialisation;

/// <summary>Fills a new adapter as PEFT does; the random numbers are functions of the seed and the module's name.</summary>
internal static class FirstValues
{
    /// <summary>The part of a key that says which matrix it is for; A has none.</summary>
    private const ulong ForB = 1, ForBias = 2, ForMixing = 3;

    /// <summary>
    /// A uniform as PEFT's kaiming_uniform(a = √5), that is within ±1/√I, and B zero: the adapter changes nothing yet. `false`: B and its bias
    /// are uniform within ±1/√r too. `gaussian`: A normal with deviation 1 / r, B zero. `orthogonal`: A and B small, with B A = 0.
    /// </summary>
    public static void Fill(LoraAdapter lora, LoraStart start, long seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        lora.B.Value.zero_();
        switch (start.Kind)
        {
            case LoraStartKind.Gaussian:
                lora.A.Value.copy_(Normal(lora.A.Value.shape, CounterRandom.Key(seed, lora.NameHash), 1.0 / lora.Rank));
                break;
            case LoraStartKind.Orthogonal:
                FillOrthogonal(lora, seed);
                break;
            default:
                lora.A.Value.copy_(Uniform(lora.A.Value.shape, CounterRandom.Key(seed, lora.NameHash), 1 / Math.Sqrt(lora.Linear.In)));
                break;
        }

        if (start.Kind != LoraStartKind.Random) return;
        double bound = 1 / Math.Sqrt(lora.Rank);
        lora.B.Value.copy_(Uniform(lora.B.Value.shape, CounterRandom.Key(seed, lora.NameHash, ForB), bound));
        lora.Bias?.Value.copy_(Uniform(lora.Bias.Value.shape, CounterRandom.Key(seed, lora.NameHash, ForBias), bound));
    }

    /// <summary>A zero, B normal: as the embedding itself is filled. `false`: both normal.</summary>
    public static void Fill(LoraEmbedding lora, LoraStart start, long seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        ulong name = CounterRandom.Hash(lora.Embedding.Name);
        lora.B.Value.copy_(Normal(lora.B.Value.shape, CounterRandom.Key(seed, name, ForB), 1));
        if (start.Kind == LoraStartKind.Random) lora.A.Value.copy_(Normal(lora.A.Value.shape, CounterRandom.Key(seed, name), 1));
    }

    // A is made of the odd rows of an orthogonal matrix, B of the even ones: the rows of one are orthogonal to those of the other.
    private static void FillOrthogonal(LoraAdapter lora, long seed)
    {
        int rank = lora.Rank, half = rank / 2;
        if (rank % 2 != 0) throw new InvalidInputException($"`init_lora_weights` is orthogonal, which needs an even rank; {lora.Linear.Name} has {rank}.", null, "Choose even ranks.");
        Tensor q = linalg.qr(Normal([rank, rank], CounterRandom.Key(seed, lora.NameHash, ForMixing), 1)).Q;
        Tensor odd = q.index_select(0, EveryOther(0, half)), even = q.index_select(0, EveryOther(1, half));
        lora.A.Value.copy_(Normal([lora.Linear.In, half], CounterRandom.Key(seed, lora.NameHash), 1).mm(odd).t().div(Number.Of(10)));
        lora.B.Value.copy_(Normal([lora.Linear.Out, half], CounterRandom.Key(seed, lora.NameHash, ForB), 1).mm(even).t().div(Number.Of(10)));
    }

    private static Tensor EveryOther(int first, int count) => tensor(Enumerable.Range(0, count).Select(i => (long)(first + 2 * i)).ToArray());

    private static Tensor Uniform(long[] shape, ulong key, double bound)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        CounterRandom.FillUniform(values, key, bound);
        return tensor(values).reshape(shape);
    }

    private static Tensor Normal(long[] shape, ulong key, double deviation)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        CounterRandom.FillNormal(values, key, deviation);
        return tensor(values).reshape(shape);
    }
}
