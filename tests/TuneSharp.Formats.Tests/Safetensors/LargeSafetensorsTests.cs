using System.Buffers.Binary;
using System.Text;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Formats.Tests.Safetensors;

public sealed class LargeSafetensorsTests
{
    [Fact]
    public void TensorsBeyondTwoGigabytesAreReadWhereTheyLie()
    {
        using var folder = new TemporaryFolder();
        const long Big = 3L << 30;
        byte[] header = Encoding.UTF8.GetBytes(
            """{"big":{"dtype":"U8","shape":[BIG],"data_offsets":[0,BIG]},"after":{"dtype":"F32","shape":[1],"data_offsets":[BIG,END]}}"""
                .Replace("BIG", $"{Big}").Replace("END", $"{Big + 4}"));
        using (FileStream sparse = File.Create(folder["x"])) // a hole on disk: nothing of the 3 GiB is stored
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            sparse.Write(length);
            sparse.Write(header);
            sparse.Position += Big - 2;
            sparse.Write([7, 9, 0, 0, 0x80, 0x3f]);
        }
        using SafetensorsFile file = SafetensorsFile.Open(folder["x"]);
        byte[] part = new byte[3];
        file.Read(file.Require("big"), part, Big - 3);
        part.ShouldBe([0, 7, 9]);
        BitConverter.ToSingle(file.ReadBytes(file.Require("after"))).ShouldBe(1f);
        Should.Throw<ArgumentOutOfRangeException>(() => file.Read(file.Require("big"), new byte[4], Big - 3));
    }

    [Fact]
    public unsafe void ReadingInManyPiecesGivesTheWhole()
    {
        using var folder = new TemporaryFolder();
        byte[] values = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))];
        SafetensorsWriter.Write(folder["x"], [new TensorToWrite("t", TensorDType.U8, [1000], stream => stream.Write(values))]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["x"]);
        foreach (int step in new[] { 1, 3, 999, 1000, 1001 })
        {
            byte[] read = new byte[1000];
            fixed (byte* pointer = read) file.Read(file.Require("t"), pointer, step);
            read.ShouldBe(values);
        }
    }

    [Fact]
    public void AFileThatIsCutWhileItIsReadIsAnErrorAndNoCrash()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["x"], [new TensorToWrite("t", TensorDType.U8, [100_000], stream => stream.Write(new byte[100_000]))]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["x"]);
        using (var other = new FileStream(folder["x"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) other.SetLength(50_000);
        Should.Throw<InvalidInputException>(() => file.ReadBytes(file.Require("t"))).Message.ShouldContain("was changed while it was read");
    }

    [Fact]
    public void AHundredThousandTensorsOpenInLittleTimeAndMemory()
    {
        using var folder = new TemporaryFolder();
        TensorToWrite[] tensors = [.. Enumerable.Range(0, 100_000).Select(i => new TensorToWrite($"model.layers.{i}.weight", TensorDType.U8, [1], stream => stream.WriteByte((byte)i)))];
        SafetensorsWriter.Write(folder["x"], tensors);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using SafetensorsFile file = SafetensorsFile.Open(folder["x"]);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2 * new FileInfo(folder["x"]).Length + (64 << 20));
        file.Tensors.Count.ShouldBe(100_000);
        file.ReadBytes(file.Require("model.layers.99999.weight")).ShouldBe([0x9f]);
    }

    [Fact]
    public void ManyThreadsReadAtOnce()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["x"], [.. Enumerable.Range(0, 64).Select(i => new TensorToWrite($"t{i}", TensorDType.U8, [10_000], stream => stream.Write(Enumerable.Repeat((byte)i, 10_000).ToArray())))]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["x"]);
        Parallel.For(0, 256, i => file.ReadBytes(file.Require($"t{i % 64}")).ShouldAllBe(b => b == i % 64));
    }
}
