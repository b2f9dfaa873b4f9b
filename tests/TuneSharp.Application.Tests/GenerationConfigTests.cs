using TuneSharp.Application.Models;
using TuneSharp.Formats;

namespace TuneSharp.Application.Tests;

public sealed class GenerationConfigTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("{}", new int[0])]
    [InlineData("""{"eos_token_id": 3}""", new[] { 3 })]
    [InlineData("""{"eos_token_id": [3, 7]}""", new[] { 3, 7 })]
    [InlineData("""{"eos_token_id": null}""", new int[0])]
    [InlineData("""{"eos_token_id": "3"}""", new int[0])]
    public void EndIds_OneManyOrNone(string json, int[] expected)
    {
        File.WriteAllText(_path, json);
        GenerationConfig.EndIds(_path).ShouldBe(expected);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[1]")]
    public void EndIds_Broken_NamesTheFile(string json)
    {
        File.WriteAllText(_path, json);
        Should.Throw<InvalidInputException>(() => GenerationConfig.EndIds(_path).ToList()).Message.ShouldContain(_path);
    }
}
