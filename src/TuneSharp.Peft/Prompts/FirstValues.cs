using TuneSharp.Nn;
using TuneSharp.Peft.Randomness;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Prompts;

/// <summary>First values of a parameter as a function of a seed and its name.</summary>
internal static class FirstValues
{
    /// <summary>Normal with mean 0.</summary>
    public static void Normal(Parameter parameter, long seed, double deviation) => Fill(parameter, values => CounterRandom.FillNormal(values, KeyOf(parameter, seed), deviation));

    /// <summary>Uniform within ±bound.</summary>
    public static void Uniform(Parameter parameter, long seed, double bound) => Fill(parameter, values => CounterRandom.FillUniform(values, KeyOf(parameter, seed), bound));

    private static ulong KeyOf(Parameter parameter, long seed) => CounterRandom.Key(seed, CounterRandom.Hash(parameter.Name));

    private static void Fill(Parameter parameter, Action<float[]> fill)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var values = new float[parameter.NumElements];
        fill(values);
        parameter.Value.copy_(tensor(values).view(parameter.Value.shape));
    }
}
