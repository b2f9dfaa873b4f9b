using System.Runtime.InteropServices;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Formats.Tests.Safetensors;

public sealed class SafetensorsRoundTripTests
{
    private static TensorToWrite Floats(string name, long[] shape, params float[] values) =>
        new(name, TensorDType.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes<float>(values)));

    [Fact]
    public void EveryTypeComesBackAsItWas()
    {
        using var folder = new TemporaryFolder();
        TensorToWrite[] tensors = [.. Enum.GetValues<TensorDType>().Select((dtype, index) => new TensorToWrite(
            $"t.{dtype}", dtype, [2, 3], stream => stream.Write(Enumerable.Range(0, 6 * dtype.ByteSize()).Select(i => (byte)(i + index)).ToArray())))];
        SafetensorsWriter.Write(folder["a.safetensors"], tensors, new Dictionary<string, string> { ["format"] = "pt" });

        using SafetensorsFile file = SafetensorsFile.Open(folder["a.safetensors"]);
        file.Metadata.ShouldBe(new Dictionary<string, string> { ["format"] = "pt" });
        file.Tensors.Count.ShouldBe(tensors.Length);
        foreach ((TensorToWrite written, int index) in tensors.Select((tensor, index) => (tensor, index)))
        {
            TensorEntry entry = file.Require(written.Name);
            entry.DType.ShouldBe(written.DType);
            entry.Shape.ShouldBe([2L, 3L]);
            entry.NumElements.ShouldBe(6);
            file.ReadBytes(entry).ShouldBe(Enumerable.Range(0, 6 * written.DType.ByteSize()).Select(i => (byte)(i + index)));
        }
    }

    [Fact]
    public unsafe void PartsAndPointersReadTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => i * 0.5f)];
        SafetensorsWriter.Write(folder["a.safetensors"], [Floats("中文", [10, 100], values), Floats("empty", [0, 5]), Floats("one", [], 7)]);

        using SafetensorsFile file = SafetensorsFile.Open(folder["a.safetensors"]);
        float[] read = new float[1000];
        fixed (float* pointer = read) file.Read(file.Require("中文"), pointer);
        read.ShouldBe(values);
        byte[] part = new byte[8];
        file.Read(file.Require("中文"), part, 40);
        MemoryMarshal.Cast<byte, float>(part).ToArray().ShouldBe([5f, 5.5f]);
        file.Require("empty").NumElements.ShouldBe(0);
        file.Require("one").Shape.ShouldBeEmpty();
    }

    [Fact]
    public void WiderTypesComeFirstThenNamesInByteOrder()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["a.safetensors"],
        [
            Floats("b", [1], 1), Floats("B", [1], 2), Floats("é", [1], 3),
            new TensorToWrite("z", TensorDType.I64, [1], stream => stream.Write(new byte[8])),
            new TensorToWrite("a", TensorDType.U8, [3], stream => stream.Write(new byte[3])),
        ]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["a.safetensors"]);
        file.Tensors.Values.OrderBy(entry => entry.FileOffset).Select(entry => entry.Name).ShouldBe(["z", "B", "b", "é", "a"]);
        (file.Require("z").FileOffset % 8).ShouldBe(0);
    }

    [Fact]
    public void AWrongNumberOfBytesIsADefectAndLeavesNoFile()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<InvalidOperationException>(() => SafetensorsWriter.Write(folder["a.safetensors"], [Floats("t", [2], 1)])).Message.ShouldContain("'t'");
        Directory.GetFiles(folder.Path).ShouldBeEmpty();
    }
}
