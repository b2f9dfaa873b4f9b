using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Formats.Tests.Safetensors;

public sealed class ReferenceLayoutTests
{
    [Fact]
    public void FilesOfTheReferenceLibraryAreWrittenBackByteForByte()
    {
        using var folder = new TemporaryFolder();
        int compared = 0;
        foreach (string path in Directory.EnumerateFiles(SharedFixtures.Folder("models"), "*.safetensors", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(SharedFixtures.Folder("quant/bnb"), "*.safetensors", SearchOption.AllDirectories)).Order(StringComparer.Ordinal))
        {
            if (new FileInfo(path).Length > 100_000) continue;
            using SafetensorsFile file = SafetensorsFile.Open(path);
            SafetensorsWriter.Write(folder["x"], [.. file.Tensors.Values.Reverse().Select(entry => new TensorToWrite(entry.Name, entry.DType, entry.Shape, stream => stream.Write(file.ReadBytes(entry))))], file.Metadata);
            File.ReadAllBytes(folder["x"]).AsSpan().SequenceEqual(File.ReadAllBytes(path)).ShouldBeTrue(path);
            compared++;
        }
        compared.ShouldBeGreaterThan(50);
    }
}
