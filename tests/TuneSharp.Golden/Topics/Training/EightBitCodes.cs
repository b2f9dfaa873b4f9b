using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Kernels;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>The maps of eight-bit memory, and how numbers become codes: by look-up as bitsandbytes does on a processor, and the nearest.</summary>
internal static class EightBitCodes
{
    private const int BlockSize = 256;
    private const double Tolerance = 1e-6;

    public static GoldenResult CompareMap(string folder, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "optimizers.safetensors"));
        return GoldenResult.Equal(MapOf(name).Values.SequenceEqual(file.Floats(name)), "the map has other numbers");
    }

    public static GoldenResult Compare(string folder, string name, int numThatDiffer)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "optimizers.safetensors"));
        EightBitMap map = MapOf(name);
        float[] x = file.Floats(name + "/input");
        (byte[] looked, float[] absmax, float[] output) = Codes(CodeRule.LookUp);
        (byte[] nearest, _, float[] outputNearest) = Codes(CodeRule.Nearest);
        return GoldenResult.All(
        [
            GoldenResult.Equal(looked.SequenceEqual(Bytes("/codes")), "codes that are looked up"),
            GoldenResult.Equal(nearest.SequenceEqual(Bytes("/codes_nearest")), "nearest codes"),
            GoldenResult.Equal(looked.Zip(nearest, (a, b) => a == b ? 0 : 1).Sum() == numThatDiffer, "number of codes that differ"),
            GoldenTensors.Close(absmax, file.Floats(name + "/absmax"), Tolerance, "absmax"),
            GoldenTensors.Close(output, file.Floats(name + "/output"), Tolerance, "decoded"),
            GoldenTensors.Close(outputNearest, file.Floats(name + "/output_nearest"), Tolerance, "decoded, nearest"),
        ]);

        byte[] Bytes(string part) => file.ReadBytes(file.Require(name + part));

        (byte[] Codes, float[] Absmax, float[] Output) Codes(CodeRule rule)
        {
            byte[] codes = new byte[x.Length];
            float[] scales = new float[EightBitBlocks.NumBlocks(x.Length, BlockSize)], decoded = new float[x.Length];
            EightBitBlocks.Quantise(map, x, BlockSize, codes, scales, rule);
            EightBitBlocks.Dequantise(map, codes, scales, BlockSize, decoded);
            return (codes, scales, decoded);
        }
    }

    private static EightBitMap MapOf(string name) => name.Contains("unsigned", StringComparison.Ordinal) ? EightBitMap.DynamicUnsigned : EightBitMap.DynamicSigned;
}
