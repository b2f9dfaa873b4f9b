using System.Runtime.InteropServices;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Golden.Harness;

/// <summary>Recorded tensors as plain arrays, and how they are compared.</summary>
public static class GoldenTensors
{
    public static float[] Floats(this SafetensorsFile file, string name) => MemoryMarshal.Cast<byte, float>(Bytes(file, name, TensorDType.F32)).ToArray();

    public static int[] Ids(this SafetensorsFile file, string name) =>
        Array.ConvertAll(MemoryMarshal.Cast<byte, long>(Bytes(file, name, TensorDType.I64)).ToArray(), i => checked((int)i));

    /// <summary>Largest absolute difference; equal infinities differ by 0, NaN or another length by infinity.</summary>
    public static double MaxDifference(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        if (actual.Length != expected.Length) return double.PositiveInfinity;
        double max = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            if (actual[i].Equals(expected[i])) continue;
            double difference = Math.Abs((double)actual[i] - expected[i]);
            if (double.IsNaN(difference)) return double.PositiveInfinity;
            max = Math.Max(max, difference);
        }
        return max;
    }

    public static GoldenResult Close(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double tolerance, string what)
    {
        double difference = MaxDifference(actual, expected);
        return new GoldenResult(difference <= tolerance, difference, tolerance, difference <= tolerance ? null : what);
    }

    /// <summary>Rewrites one number of a stored tensor in place (for canaries).</summary>
    public static void Move(string path, string name, int index, float by)
    {
        TensorEntry entry;
        using (SafetensorsFile file = SafetensorsFile.Open(path)) entry = file.Require(name);
        if (entry.DType != TensorDType.F32) throw new InvalidDataException(name + " is not float32.");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var bytes = new byte[4];
        stream.Position = entry.FileOffset + 4L * index;
        stream.ReadExactly(bytes);
        MemoryMarshal.Write(bytes, MemoryMarshal.Read<float>(bytes) + by);
        stream.Position -= 4;
        stream.Write(bytes);
    }

    private static byte[] Bytes(SafetensorsFile file, string name, TensorDType dtype)
    {
        TensorEntry entry = file.Require(name);
        return entry.DType == dtype ? file.ReadBytes(entry) : throw new InvalidDataException($"{name} is {entry.DType}, not {dtype}.");
    }
}
