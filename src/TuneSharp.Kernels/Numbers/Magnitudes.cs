using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TuneSharp.Kernels;

/// <summary>The scale of a block.</summary>
internal static class Magnitudes
{
    /// <summary>The largest magnitude; 0 for no numbers.</summary>
    /// <exception cref="NotFiniteNumberException">A number is NaN or infinite.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest(ReadOnlySpan<float> x)
    {
        Vector<float> most = Vector<float>.Zero;
        Vector<int> finite = Vector<int>.AllBitsSet;
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(x);
        foreach (Vector<float> v in vectors)
        {
            Vector<float> magnitude = Vector.Abs(v);
            finite &= Vector.LessThanOrEqual(magnitude, new Vector<float>(float.MaxValue));
            most = Vector.Max(most, magnitude);
        }
        float largest = 0;
        bool allFinite = finite == Vector<int>.AllBitsSet;
        for (int i = 0; i < Vector<float>.Count; i++) largest = Math.Max(largest, most[i]);
        foreach (float number in x[(vectors.Length * Vector<float>.Count)..])
        {
            allFinite &= float.IsFinite(number);
            largest = Math.Max(largest, Math.Abs(number));
        }
        return allFinite ? largest : throw new NotFiniteNumberException("A number is NaN or infinite: no scale stands for it.");
    }
}
