using System.Globalization;
using System.Text.Json;
using TuneSharp.Data.Sampling;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>
/// torch_rng.json: what the generators of torch, Python and NumPy draw after a seed. Names carry the arguments: <c>randperm_20</c>,
/// <c>randint_0_100_8</c>, <c>bernoulli_0.3_12</c>; <c>_head</c> = the first elements alone were kept.
/// </summary>
internal static class TorchRandomCases
{
    public static IEnumerable<GoldenCase> Find(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "torch_rng.json"))) yield break;
        JsonElement random = GoldenFixtures.ReadJson(Path.Combine(folder, "torch_rng.json"));
        foreach (string kind in random.EnumerateObject().SelectMany(seed => seed.Value.EnumerateObject()).Select(entry => entry.Name).Distinct())
            yield return new GoldenCase($"torch_rng.json/{kind}", () => GoldenResult.All(random.EnumerateObject().Select(seed => Compare(kind, long.Parse(seed.Name, CultureInfo.InvariantCulture), seed.Value.GetProperty(kind)))));
    }

    private static GoldenResult Compare(string kind, long seed, JsonElement expected)
    {
        var random = new TorchRandom(seed);
        string[] words = [.. kind.Split('_').Where(word => word != "head")];
        int count = int.TryParse(words[^1], out int last) ? last : 0;
        return (words[0], words.Length > 1 ? words[1] : "") switch
        {
            ("randperm", _) => Order(RandomPermutation.Of(count, seed), expected, seed),
            ("python", "shuffle") => Order(RandomPermutation.AsPython(count, seed), expected, seed),
            ("numpy", "permutation") => Order(RandomPermutation.AsNumPy(count, seed), expected, seed),
            ("random", "int64") => GoldenResult.Equal(random.NextInt64() == expected.GetInt64(), $"seed {seed}"),
            ("rand", "float32") => Numbers([.. Enumerable.Range(0, count).Select(_ => random.NextSingle())], expected, 0, seed),
            ("randn", "float32") => Numbers(random.Normal(count), expected, 1e-6, seed),    // torch's logarithm and cosine are vectorised ones
            ("randint", _) => Order([.. Enumerable.Range(0, count).Select(_ => random.NextInt32(int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture)))], expected, seed),
            ("bernoulli", _) => Numbers([.. Enumerable.Range(0, count).Select(_ => random.NextBernoulli(double.Parse(words[1], CultureInfo.InvariantCulture)) ? 1f : 0f)], expected, 0, seed),
            _ => GoldenResult.NotBuilt(kind),
        };
    }

    private static GoldenResult Order(int[] found, JsonElement expected, long seed)
    {
        int[] wanted = [.. expected.EnumerateArray().Select(i => i.GetInt32())];
        return GoldenResult.Equal(found.Take(wanted.Length).SequenceEqual(wanted), $"order of seed {seed}");
    }

    private static GoldenResult Numbers(float[] found, JsonElement expected, double tolerance, long seed) =>
        GoldenTensors.Close(found, [.. expected.EnumerateArray().Select(v => v.GetSingle())], tolerance, $"numbers of seed {seed}");
}
