using System.Text;
using TuneSharp.Formats.Checkpoints;

namespace TuneSharp.Formats.Tests.Checkpoints;

public sealed class PickleGlobalsTests
{
    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    [Theory]
    [InlineData("cposix\nsystem\n(X\u0002\0\0\0hitR.", "posix.system")]
    [InlineData("\u0080\u0004\u0095\u0010\0\0\0\0\0\0\0\u008c\u0005posix\u0094\u008c\u0006system\u0094\u0093.", "posix.system")]
    [InlineData("\u0080\u0004\u008c\u0006system\u0094\u008c\u0005posix\u0094h\0\u0093.", "posix.system")] // the name comes from the memo
    [InlineData("(iposix\nsystem\n.", "posix.system")]
    [InlineData("V__builtin__\nVeval\n\u0093.", "__builtin__.eval")]
    [InlineData("\u0082\u0001.", "the extension registry")]
    [InlineData("K\u0063cposix\nsystem\n.", "posix.system")] // a number that looks like an opcode is stepped over
    public void FetchedFunctionsAreFound(string pickle, string function) => PickleGlobals.Walk(Latin(pickle)).ShouldBe([function]);

    [Theory]
    [InlineData("X\u00ff\u00ff\u00ff\u007fcposix\nsystem\n")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffcposix\nsystem\n")]
    [InlineData("cposix")]
    [InlineData("J\u0001")]
    public void LyingLengthsEndTheWalk(string pickle) => PickleGlobals.Walk(Latin(pickle)).ShouldBeEmpty();

    [Fact]
    public void RandomBytesNeverHarm()
    {
        for (int i = 0; i < 2000; i++)
        {
            var random = new Random(i);
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            _ = PickleGlobals.Walk(bytes).Count();
        }
    }

    [Fact]
    public void TheRefusalNamesWhatAPickleWouldCall()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["pytorch_model.bin"], Latin("ctorch._utils\n_rebuild_tensor_v2\ncposix\nsystem\n."));
        string message = Should.Throw<InvalidInputException>(() => CheckpointFolder.Open(folder.Path)).Message;
        message.ShouldContain("'posix.system'");
        message.ShouldContain("Do not use");
    }
}
