using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Formats.Tests.Checkpoints;

public sealed class CheckpointFolderTests
{
    private static TensorToWrite Bytes(string name, params byte[] values) => new(name, TensorDType.U8, [values.Length], stream => stream.Write(values));

    [Fact]
    public void ShardsReadAsOneModel()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["one.safetensors"], [Bytes("a", 1, 2)]);
        SafetensorsWriter.Write(folder["two.safetensors"], [Bytes("b", 3), Bytes("c", 4)]);
        File.WriteAllText(folder[CheckpointFolder.IndexFile], """{"metadata":{},"weight_map":{"a":"one.safetensors","b":"two.safetensors","c":"two.safetensors"}}""");
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.Path);
        checkpoint.Tensors.Keys.Order().ShouldBe(["a", "b", "c"]);
        byte[] read = new byte[2];
        checkpoint.Read("a", read);
        read.ShouldBe([1, 2]);
        Should.Throw<InvalidInputException>(() => checkpoint.Read("nope", read)).Message.ShouldContain("'nope'");
    }

    [Theory]
    [InlineData("../x.safetensors", "..")]
    [InlineData("/etc/x.safetensors", "/etc")]
    [InlineData("..\\\\x.safetensors", "..")]
    [InlineData("C:x.safetensors", "C:")]
    [InlineData("gone.safetensors", "gone")]
    [InlineData("weights.bin", "weights.bin")]
    [InlineData("", "''")]
    public void ShardNamesThatAreNoFileOfTheFolderAreRefused(string name, string named)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[CheckpointFolder.IndexFile], """{"weight_map":{"a":"NAME"}}""".Replace("NAME", name));
        Should.Throw<InvalidInputException>(() => CheckpointFolder.Open(folder.Path)).Message.ShouldContain(named);
    }

    [Fact]
    public void ATensorThatIsNotInItsShardIsNamed()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["one.safetensors"], [Bytes("a", 1)]);
        File.WriteAllText(folder[CheckpointFolder.IndexFile], """{"weight_map":{"a":"one.safetensors","zzz":"one.safetensors"}}""");
        Should.Throw<InvalidInputException>(() => CheckpointFolder.Open(folder.Path)).Message.ShouldContain("'zzz'");
    }

    [Fact]
    public void TheSameTensorInTwoShardsIsRefused()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["one.safetensors"], [Bytes("a", 1)]);
        SafetensorsWriter.Write(folder["two.safetensors"], [Bytes("a", 1), Bytes("b", 1)]);
        File.WriteAllText(folder[CheckpointFolder.IndexFile], """{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");
        Should.Throw<InvalidInputException>(() => CheckpointFolder.Open(folder.Path)).Message.ShouldContain("two shards");
    }

    [Theory]
    [InlineData("pytorch_model.bin", "pickle")]
    [InlineData("model.gguf", "another format")]
    [InlineData("model-00001-of-00002.safetensors", "index")]
    public void AFolderWithoutWeightsSaysWhatIsThereInstead(string present, string said)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[present], "x");
        string message = Should.Throw<InvalidInputException>(() => CheckpointFolder.Open(folder.Path)).Message;
        message.ShouldContain(present);
        message.ShouldContain(said);
    }
}
