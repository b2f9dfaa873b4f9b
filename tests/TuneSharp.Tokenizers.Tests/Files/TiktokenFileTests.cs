using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.Tests.Files;

public sealed class TiktokenFileTests : IDisposable
{
    private static readonly string[] Bytes = [.. Enumerable.Range(0, 256).Select(b => Line([(byte)b], b))];
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-tiktoken-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Neighbours_are_joined_by_the_rank_of_their_bytes()
    {
        // "bc" has a lower rank than "ab"; "abc" can be made from either half.
        Tokenizer tokenizer = Load("r50k_base", [.. Bytes, Line("bc"u8, 256), Line("ab"u8, 257), "", Line("abc"u8, 258), Line(" a"u8, 259)]);
        tokenizer.Encode("abc").Ids.ShouldBe([258]);
        tokenizer.Encode("xabcd").Ids.ShouldBe(['x', 258, 'd']);
        tokenizer.Encode("abd a").Ids.ShouldBe([257, 'd', 259]);
        tokenizer.EncodeIds("a<|endoftext|>").ShouldBe(['a', 50256]);
        tokenizer.EncodeIds("<|endoftext|>", splitSpecialTokens: true).Length.ShouldBe(13);
        tokenizer.Decode(tokenizer.EncodeIds("天 <|endoftext|>"), skipSpecialTokens: false).ShouldBe("天 <|endoftext|>");
        Tokenizer.Load(_folder).EncodeIds("xabcd").ShouldBe(['x', 258, 'd']); // the only one in the folder
    }

    [Fact]
    public void The_name_tells_how_text_is_split()
    {
        Load("cl100k_base", [.. Bytes, Line("12"u8, 256), Line("34"u8, 257)]).Encode("1234").Ids.ShouldBe([256, '3', '4']); // three digits at a time
        File.Delete(Path.Combine(_folder, "cl100k_base.tiktoken"));
        Should.Throw<InvalidInputException>(() => Load("mine", Bytes)).Message.ShouldContain("r50k_base.tiktoken");
    }

    [Theory]
    [InlineData("IQ==")]
    [InlineData("IQ== x")]
    [InlineData("IQ== -1")]
    [InlineData("IQ== 99999999999")]
    [InlineData("I*== 300")]
    [InlineData(" 300")]
    public void A_line_that_is_no_token_is_named(string line) =>
        Should.Throw<InvalidInputException>(() => Load("r50k_base", [.. Bytes, line])).Message.ShouldContain("r50k_base.tiktoken, line 257");

    [Fact]
    public void A_missing_byte_and_a_token_that_stands_twice_are_named()
    {
        Should.Throw<InvalidInputException>(() => Load("r50k_base", Bytes[1..])).Message.ShouldContain("byte 0");
        Should.Throw<InvalidInputException>(() => Load("r50k_base", [.. Bytes, Line("a"u8, 300)])).Message.ShouldContain("rank 300");
        Should.Throw<InvalidInputException>(() => Load("r50k_base", [.. Bytes, Line("ab"u8, 5)])).Message.ShouldContain("share the id 5");
    }

    private static string Line(ReadOnlySpan<byte> token, int rank) => $"{Convert.ToBase64String(token)} {rank}";

    private Tokenizer Load(string name, string[] lines)
    {
        string path = Path.Combine(_folder, name + ".tiktoken");
        File.WriteAllText(path, string.Join('\n', lines));
        return Tokenizer.Load(path);
    }
}
