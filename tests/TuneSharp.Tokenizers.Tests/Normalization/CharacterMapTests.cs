using System.Buffers.Binary;
using TuneSharp.Formats;
using TuneSharp.Tokenizers.Normalization;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Tests.Normalization;

public sealed class CharacterMapTests
{
    /// <summary>A table by hand: A becomes "xy", B nothing.</summary>
    private static byte[] Small()
    {
        // Unit 0 leads to block 256; A and B lie at 256 ^ their code, each leads to block 512 + 4·i, where the value stands.
        var units = new uint[640];
        units[0] = 256u << 10;
        Set('A', 512, 0);
        Set('B', 516, 3);
        byte[] bytes = new byte[4 + (4 * units.Length) + 5];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)(4 * units.Length));
        for (int i = 0; i < units.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 + (4 * i)), units[i]);
        "xy\0\0"u8.CopyTo(bytes.AsSpan(4 + (4 * units.Length)));
        return bytes;

        void Set(char c, uint value, uint text)
        {
            uint at = 256u ^ c;
            units[at] = ((at ^ value) << 10) | 0x100 | c;
            units[value] = 0x8000_0000 | text;
        }
    }

    [Theory]
    [InlineData("aAc", "axyc")]
    [InlineData("ABB", "xy")]
    [InlineData("abc", "abc")]
    [InlineData("", "")]
    public void Characters_of_the_table_are_replaced(string text, string expected)
    {
        var normalizer = new PrecompiledNormalizer(CharacterMap.Parse(Small(), "t"));
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        System.Text.Encoding.UTF8.GetString(normalizer.Apply(AlignedText.FromSource(bytes, 0, bytes.Length, tracked: true)).Bytes).ShouldBe(expected);
    }

    [Fact]
    public void A_damaged_table_is_refused_or_finds_nothing_but_never_fails_otherwise()
    {
        Should.Throw<InvalidInputException>(() => CharacterMap.Parse([1, 2], "t")).Message.ShouldContain("damaged");
        Should.Throw<InvalidInputException>(() => CharacterMap.Parse([8, 0, 0, 0, 1, 2, 3, 4], "t")).Message.ShouldContain("8 bytes");
        var random = new Random(2);
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = Small();
            for (int n = 0; n < 20; n++) bytes[random.Next(4, bytes.Length - 5)] = (byte)random.Next(256);
            var normalizer = new PrecompiledNormalizer(CharacterMap.Parse(bytes, "t"));
            byte[] text = System.Text.Encoding.UTF8.GetBytes("ABCabcé天");
            _ = normalizer.Apply(AlignedText.FromSource(text, 0, text.Length, tracked: true));
        }
    }
}
