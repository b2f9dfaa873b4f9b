namespace TuneSharp.Kernels;

/// <summary>Which of a map's codes stands for a number.</summary>
public enum CodeRule
{
    /// <summary>The nearest one, on a tie the lower: what bitsandbytes does on a GPU.</summary>
    Nearest,

    /// <summary>
    /// That of the nearest of 65536 equal steps: what bitsandbytes does on a processor. Off by a code near midpoints and by many
    /// around 0, and a block of zeros gets code 0, which is harmless because its scale is 0.
    /// </summary>
    LookUp,
}
