namespace TuneSharp.Nn.Runtime;

/// <summary>What the processor offers to the type of computation.</summary>
public static class Processor
{
    private static readonly Lazy<bool> BFloat16 = new(() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) is { } flags
        && flags.Split(' ').Any(flag => flag is "avx512_bf16" or "amx_bf16"));

    /// <summary>
    /// It multiplies bfloat16 in hardware. Without, libtorch's bfloat16 products are 9 (forward) to 100 times (backward)
    /// slower than float32 ones.
    /// </summary>
    public static bool HasBFloat16 => BFloat16.Value;
}
