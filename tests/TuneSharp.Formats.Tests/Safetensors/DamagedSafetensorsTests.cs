using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Formats.Tests.Safetensors;

public sealed class DamagedSafetensorsTests
{
    private const string A = """ "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]} """;

    private static string Refusal(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x.safetensors"], bytes);
        string message = Should.Throw<InvalidInputException>(() => SafetensorsFile.Open(folder["x.safetensors"])).Message;
        message.ShouldStartWith(folder["x.safetensors"] + ": ");
        return message;
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}""", 8, "'F99'")]
    [InlineData("""{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", 8, "dtype of the tensor 'a' is a number")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "'a' has no dtype")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "'a' has no shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "needs two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}}""", 8, "it has 3")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "shape of the tensor 'a' is a number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "shape of the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "shape of the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,8]}}""", 8, "shape of the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "shape of the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "data_offsets of the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551624]}}""", 8, "data_offsets of the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "end is before the begin")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "only 7 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "1 bytes behind the last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "= 12 bytes")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}""", 8, "= 16 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "64-bit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387906],"data_offsets":[0,8]}}""", 8, "64-bit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,9223372036854775807,2],"data_offsets":[0,0]}}""", 0, "64-bit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "4 bytes before the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'a' and 'b' overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}""", 20, "before the tensor 'b'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "'a' stands in the header twice")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "dtype twice")]
    [InlineData("""{"a":[1,2]}""", 0, "described by a list")]
    [InlineData("""{"a\u0000b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "control character")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "not valid Unicode")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "__metadata__")]
    [InlineData("""{"__metadata__":[]}""", 0, "__metadata__")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "__metadata__ twice")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "'a' stands there twice")]
    [InlineData("""[]""", 0, "does not start with '{'")]
    [InlineData(""" {}""", 0, "does not start with '{'")]
    [InlineData("""{"a":""", 0, "not valid JSON")]
    [InlineData("""{},""", 0, "not valid JSON")]
    [InlineData("""{}{}""", 0, "not valid JSON")]
    public void EveryBrokenRuleIsSaid(string header, int dataBytes, string said) => Refusal(SafetensorsBytes.File(header, dataBytes)).ShouldContain(said);

    [Theory]
    [InlineData(0UL, "0 bytes")]
    [InlineData(1UL, "1 bytes")]
    [InlineData(60UL, "cut short")]
    [InlineData(100_000_001UL, "allows 100000000")]
    [InlineData(1UL << 63, "allows 100000000")]
    [InlineData(ulong.MaxValue, "allows 100000000")]
    public void ALyingHeaderLengthAllocatesNothing(ulong claimed, string said)
    {
        byte[] file = SafetensorsBytes.File("{" + A + "}  ", 0, claimed);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal(file).ShouldContain(said);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
    }

    [Fact]
    public void ShortNestedAndUnreadableHeadersAreRefused()
    {
        Refusal([1, 2, 3, 4, 5, 6, 7]).ShouldContain("too small");
        Refusal(SafetensorsBytes.File("{\"a\":{\"note\":" + new string('[', 20_000), 0)).ShouldContain("nested deeper");
        Refusal(SafetensorsBytes.File([(byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)'}'], 0)).ShouldContain("UTF-8");
    }

    [Fact]
    public void LongAndStrangeNamesAreShownCutAndEscaped()
    {
        string name = "x\u202e" + new string('y', 500);
        string message = Refusal(SafetensorsBytes.File("{\"" + name + "\":{}}", 0));
        message.ShouldContain("'x\\u202eyyy");
        message.Length.ShouldBeLessThan(600);
    }

    [Fact]
    public void OrderOfTheHeaderNeedNotBeThatOfTheData()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], SafetensorsBytes.File("""{"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]},"e":{"dtype":"F32","shape":[0],"data_offsets":[3,3]},"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3],"note":{"x":[1]}}}""", 5));
        using SafetensorsFile file = SafetensorsFile.Open(folder["x"]);
        file.ReadBytes(file.Require("a")).ShouldBe([11, 48, 85]);
        file.ReadBytes(file.Require("b")).ShouldBe([122, 159]);
    }
}
