using System.Text.Json.Nodes;
using TuneSharp.Formats.Json;

namespace TuneSharp.Formats.Tests.Json;

public sealed class PythonJsonTests
{
    // Expected texts are what Python 3 prints for repr of the same number.
    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1.0, "1.0")]
    [InlineData(0.25, "0.25")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00012345, "0.00012345")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(9.999999747378752e-06, "9.999999747378752e-06")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1.25e22, "1.25e+22")]
    [InlineData(1e100, "1e+100")]
    [InlineData(123456.789, "123456.789")]
    [InlineData(500000.0, "500000.0")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    public void FloatsAsPythonPrintsThem(double number, string python)
    {
        PythonJson.FloatText(number).ShouldBe(python);
        PythonJson.Write(JsonValue.Create(number)).ShouldBe(python);
    }

    [Fact]
    public void StructureKeysAndEscapes()
    {
        var json = new JsonObject
        {
            ["b"] = new JsonArray(1, "x", null, new JsonObject()),
            ["a"] = new JsonObject { ["z"] = true, ["y"] = new JsonArray() },
            ["文"] = "中😀\u007f\"\\\n\t",
            ["\uffff"] = 1,
            ["😀"] = 0.5f,
            ["B"] = JsonNode.Parse("1.50"),
        };
        PythonJson.Write(json).ShouldBe("""
            {
              "B": 1.50,
              "a": {
                "y": [],
                "z": true
              },
              "b": [
                1,
                "x",
                null,
                {}
              ],
              "\u6587": "\u4e2d\ud83d\ude00\u007f\"\\\n\t",
              "\uffff": 1,
              "\ud83d\ude00": 0.5
            }
            """);
    }

    [Fact]
    public void ConfigsThatTransformersAndPeftWroteComeOutTheSame()
    {
        int compared = 0;
        foreach (string path in Directory.EnumerateFiles(SharedFixtures.Folder("training/peft"), "adapter_config.json", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(SharedFixtures.Folder("models"), "config.json", SearchOption.AllDirectories)))
        {
            string text = File.ReadAllText(path);
            if (Path.GetFileName(path) == "config.json" && !text.Contains("\"transformers_version\": \"5.")) continue; // written by hand, in its author's order
            PythonJson.Write(StrictJson.ReadObject(path, 1 << 20)).ShouldBe(text.TrimEnd('\n'), path);
            compared++;
        }
        compared.ShouldBeGreaterThan(100);
    }
}
