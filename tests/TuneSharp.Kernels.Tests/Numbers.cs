namespace TuneSharp.Kernels.Tests;

/// <summary>Numbers to quantise.</summary>
internal static class Numbers
{
    /// <summary>About normal, from a fixed seed.</summary>
    public static float[] Normal(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6))];
    }
}
