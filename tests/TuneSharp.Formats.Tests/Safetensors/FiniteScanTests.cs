using System.Runtime.InteropServices;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Formats.Tests.Safetensors;

public sealed class FiniteScanTests
{
    [Theory]
    [InlineData(TensorDType.F32)]
    [InlineData(TensorDType.F64)]
    [InlineData(TensorDType.F16)]
    [InlineData(TensorDType.BF16)]
    [InlineData(TensorDType.F8E5M2)]
    [InlineData(TensorDType.F8E4M3)]
    public void OneBadNumberAnywhereIsSeen(TensorDType dtype)
    {
        byte[][] bad = dtype switch
        {
            TensorDType.F32 => [BitConverter.GetBytes(float.NaN), BitConverter.GetBytes(float.NegativeInfinity)],
            TensorDType.F64 => [BitConverter.GetBytes(double.NaN), BitConverter.GetBytes(double.PositiveInfinity)],
            TensorDType.F16 => [BitConverter.GetBytes(Half.NaN), BitConverter.GetBytes(Half.PositiveInfinity)],
            TensorDType.BF16 => [[0xc0, 0x7f], [0x80, 0xff], [0xff, 0xff]],
            TensorDType.F8E5M2 => [[0x7c], [0xfd]],
            _ => [[0x7f], [0xff]],
        };
        int size = dtype.ByteSize();
        for (int count = 0; count < 70; count += 1 + count / 9)
        {
            byte[] bytes = new byte[count * size];
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(i * 7 % 0x3b); // no exponent with all bits set
            FiniteScan.AllFinite(dtype, bytes).ShouldBeTrue();
            for (int at = 0; at < count; at++)
                foreach (byte[] number in bad)
                {
                    byte[] copy = [.. bytes];
                    number.CopyTo(copy, at * size);
                    FiniteScan.AllFinite(dtype, copy).ShouldBeFalse($"{count} {at}");
                }
        }
    }

    [Fact]
    public void LargestNumbersAndIntegersAreFinite()
    {
        FiniteScan.AllFinite(TensorDType.F32, MemoryMarshal.AsBytes<float>([float.MaxValue, float.MinValue, float.Epsilon])).ShouldBeTrue();
        FiniteScan.AllFinite(TensorDType.F8E4M3, [0x7e, 0xfe]).ShouldBeTrue(); // ±448
        FiniteScan.AllFinite(TensorDType.I64, Enumerable.Repeat((byte)0xff, 64).ToArray()).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(64)]
    public void TheWriterSeesABadNumberThatIsSplitAmongWrites(int step)
    {
        using var folder = new TemporaryFolder();
        for (int at = 0; at < 9; at++)
        {
            float[] values = new float[9];
            values[at] = float.NaN;
            void Write(Stream stream)
            {
                byte[] bytes = MemoryMarshal.AsBytes<float>(values).ToArray();
                for (int i = 0; i < bytes.Length; i += step) stream.Write(bytes, i, Math.Min(step, bytes.Length - i));
            }
            Should.Throw<NonFiniteWeightsException>(() => SafetensorsWriter.Write(folder["a"], [new TensorToWrite("t", TensorDType.F32, [9], Write)], refuseNonFinite: true));
            values[at] = 1;
            SafetensorsWriter.Write(folder["b"], [new TensorToWrite("t", TensorDType.F32, [9], Write)], refuseNonFinite: true);
        }
        File.Exists(folder["a"]).ShouldBeFalse();
    }
}
