using System.Text;
using System.Text.Json.Nodes;
using TuneSharp.Data.Json;

namespace TuneSharp.Data.Tests;

public class JsonParserTests
{
    private static JsonReading Parse(string json) => JsonParser.ParseAlone(Encoding.UTF8.GetBytes(json));

    [Theory]
    [InlineData("""{"a": 1, "b": [true, false, null], "c": {"d": "x\u00e9\n\"\\\/\b\f\r\t"}, "é": "日本語 🐄"}""")]
    [InlineData("""[-0, 0.5, 1e10, -1.25E-3, 123456789012345678901234567890]""")]
    [InlineData("""  "\ud83d\ude00"  """)]
    [InlineData("{}")]
    [InlineData("[ ]")]
    public void Parse_ValidText_EqualsSystemTextJson(string json)
    {
        JsonReading reading = Parse(json);
        reading.Fault.ShouldBeNull();
        JsonNode.DeepEquals(reading.Value!.ToNode(), JsonNode.Parse(json)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("{'a': 1}", 1, "Single quotes")]
    [InlineData("""{"a": NaN}""", 6, "NaN")]
    [InlineData("""{"a": -Infinity}""", 6, "-Infinity")]
    [InlineData("""{"a": True}""", 6, "Python")]
    [InlineData("""{"a": None}""", 6, "Write null.")]
    [InlineData("""{"a": 1,}""", 7, "comma stands before the closing brace")]
    [InlineData("""[1, 2 ,]""", 6, "comma stands before the closing bracket")]
    [InlineData("""{"a": 1 /* x */}""", 8, "comments")]
    [InlineData("{\"a\": \"x\ty\"}", 8, "control character (U+0009)")]
    [InlineData("{\"a\": \"x\ny\"}", 8, "line break")]
    [InlineData("""{"a" 1}""", 5, "colon after the key \"a\"")]
    [InlineData("""{"a": 1 "b": 2}""", 8, "Expected a comma")]
    [InlineData("""{a: 1}""", 1, "a key in double quotes")]
    [InlineData("""{"a": 01}""", 6, "not a JSON number")]
    [InlineData("""{"a": 1.}""", 6, "not a JSON number")]
    [InlineData("""{"a": .5}""", 6, "Expected a value")]
    [InlineData("""{"a": "\x"}""", 7, "not an escape")]
    [InlineData("""{"a": "\u12g4"}""", 7, "four hexadecimal digits")]
    [InlineData("""{"a": 1} {"b": 2}""", 9, "after the end")]
    [InlineData("""{"a": "b""", 8, "ends in the middle")]
    [InlineData("""{"a": tru""", 9, "ends in the middle")]
    [InlineData("""{"a": trux}""", 6, "Expected a value")]
    [InlineData("", 0, "ends in the middle")]
    public void Parse_BrokenText_NamesPlaceAndReason(string json, int offset, string why)
    {
        JsonReading reading = Parse(json);
        reading.Value.ShouldBeNull();
        reading.Fault!.Value.Offset.ShouldBe(offset);
        (reading.Fault.Value.Why + " " + reading.Fault.Value.Fix).ShouldContain(why);
    }

    [Fact]
    public void Parse_NestedTooDeeply_IsRefusedNotACrash()
    {
        JsonReading reading = Parse(new string('[', 1_000_000));
        reading.Value.ShouldBeNull();
        reading.Fault!.Value.Why.ShouldContain("nested more than 64");
        Parse(new string('[', 64) + new string(']', 64)).Fault.ShouldBeNull();
    }

    [Fact]
    public void Parse_DuplicateKeys_LastWinsInNarrowAndWideObjects()
    {
        JsonReading narrow = Parse("""{"a": 1, "b": 2, "a": 3}""");
        narrow.Value!["a"]!.Text.ShouldBe("3");
        narrow.DuplicateKeys.ShouldBe([new DuplicateKey("a", 17)]);

        string wide = "{" + string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"k{i}\": {i}")) + ", \"k5\": 99, \"k39\": 98}";
        JsonReading reading = Parse(wide);
        reading.Value!.Members.Count.ShouldBe(40);
        reading.Value["k5"]!.Text.ShouldBe("99");
        reading.DuplicateKeys.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(new byte[] { 0x22, 0x61, 0xE9, 0x22 }, 2)]
    [InlineData(new byte[] { 0x22, 0xF0, 0x9F, 0x22 }, 1)]
    public void Parse_BytesThatAreNotUtf8_KeepTheStructureAndNameTheByte(byte[] json, int offset)
    {
        JsonReading reading = JsonParser.ParseAlone(json);
        reading.Value.ShouldNotBeNull();
        reading.Fault!.Value.Kind.ShouldBe(ProblemKind.Encoding);
        reading.Fault.Value.Offset.ShouldBe(offset);
    }

    [Fact]
    public void Parse_HalfSurrogatePair_IsNoticed() =>
        Parse("""{"a": "x\ud800y"}""").Fault!.Value.Why.ShouldContain("surrogate");

    /// <summary>Every cut and every flipped byte of a row gives a value or a fault inside the text, never an exception.</summary>
    [Fact]
    public void Parse_EveryCutAndFlip_NeverThrows()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"instruction": "名 \u00e9\n", "n": [1.5e3, -2, true], "o": {"p": null}}""");
        for (int cut = 0; cut < json.Length; cut++)
            JsonParser.ParseAlone(json.AsSpan(0, cut)).Value.ShouldBeNull();
        for (int at = 0; at < json.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] flipped = [.. json];
                flipped[at] ^= (byte)(1 << bit);
                JsonReading reading = JsonParser.ParseAlone(flipped);
                if (reading.Fault is { } fault) fault.Offset.ShouldBeInRange(0, json.Length);
                else JsonNode.Parse(flipped).ShouldNotBeNull();
            }
        }
    }
}
