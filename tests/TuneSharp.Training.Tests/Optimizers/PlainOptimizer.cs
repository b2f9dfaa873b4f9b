namespace TuneSharp.Training.Tests.Optimizers;

/// <summary>
/// Each optimizer once more as its paper or library states it, over plain doubles: what the catalog is tested against. Memory is by
/// name, starts at 0, and has the size that is asked for first.
/// </summary>
internal sealed class PlainOptimizer(Action<PlainOptimizer, double> step, double[] weights, int rows, double weightDecay)
{
    private readonly Dictionary<string, double[]> _memory = [];

    /// <summary>Row by row; a vector has one row and is no matrix.</summary>
    public double[] P { get; } = weights;

    public double[] G { get; private set; } = [];

    public int T { get; private set; }

    public int Rows { get; } = rows;

    public int Columns => P.Length / Rows;

    public double Decay { get; } = weightDecay;

    public double[] Memory(string name, int? size = null)
    {
        if (!_memory.TryGetValue(name, out double[]? values)) _memory[name] = values = new double[size ?? P.Length];
        return values;
    }

    public void Step(double[] gradient, double rate)
    {
        G = [.. gradient];
        T++;
        step(this, rate);
    }

    /// <summary>Decay that the gradient carries.</summary>
    public void AddDecay() => Each(i => G[i] += Decay * P[i]);

    /// <summary>Decay beside the gradient.</summary>
    public void DecayApart(double rate) => Each(i => P[i] *= 1 - rate * Decay);

    public void Each(Action<int> element)
    {
        for (int i = 0; i < P.Length; i++) element(i);
    }

    public static double RootMeanSquare(double[] x) => Math.Sqrt(x.Sum(v => v * v) / x.Length);
}
