using System.Text;
using TuneSharp.Nn;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>First values that are computed from a tensor's name and a seed (FNV-1a, then SplitMix64), so that no run has to store them.</summary>
internal static class FormulaValues
{
    /// <param name="name">Without <c>base_model.model.</c></param>
    /// <param name="bound">Values lie in [-bound, bound).</param>
    public static float[] Of(string name, long seed, double bound, long count)
    {
        ulong state = 0xCBF29CE484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) state = unchecked((state ^ b) * 0x100000001B3);
        state ^= (ulong)seed;
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            ulong z = unchecked(state + ((ulong)i + 1) * 0x9E3779B97F4A7C15);
            z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
            z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
            z ^= z >> 31;
            values[i] = (float)((2 * ((z >> 40) / (double)(1 << 24)) - 1) * bound);
        }
        return values;
    }

    /// <summary>LoRA A of [r, in]: PEFT's range 1 / √in. B stays 0.</summary>
    public static void FillLoraA(Parameter a, long seed)
    {
        using var off = TorchSharp.torch.no_grad();
        long columns = a.Value.shape[1];
        using var values = TorchSharp.torch.tensor(Of(RecordedRun.PlainName(a.Name), seed, 1 / Math.Sqrt(columns), a.NumElements));
        a.Value.copy_(values.view(a.Value.shape));
    }
}
