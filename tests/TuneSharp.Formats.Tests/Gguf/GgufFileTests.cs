using TuneSharp.Formats.Gguf;
using TuneSharp.Tests.Shared;

namespace TuneSharp.Formats.Tests.Gguf;

public sealed class GgufFileTests
{
    [Fact]
    public void Metadata_of_every_type_is_read()
    {
        using GgufFile file = Open(new GgufBytes()
            .Raw("u8", 0, [200]).Raw("i8", 1, [0xFE]).Raw("u16", 2, BitConverter.GetBytes((ushort)60000)).Raw("i16", 3, BitConverter.GetBytes((short)-2))
            .Number("u32", 4_000_000_000).Raw("i32", 5, BitConverter.GetBytes(-7)).Single("f32", 1e-5f).Flag("yes", true).Flag("no", false).Text("text", "zwölf 十二")
            .Raw("u64", 10, BitConverter.GetBytes(ulong.MaxValue)).Raw("i64", 11, BitConverter.GetBytes(long.MinValue)).Raw("f64", 12, BitConverter.GetBytes(0.1))
            .Texts("texts", "a", "", "ß").Integers("integers", 3, -4).Singles("singles", 0.5f, -1f)
            .Raw("nested", 9, [.. BitConverter.GetBytes(9u), .. BitConverter.GetBytes(1ul), .. BitConverter.GetBytes(0u), .. BitConverter.GetBytes(2ul), 7, 8]));
        string[] shown = [.. file.Metadata.Values.Select(pair => $"{pair.Key}={GgufMetadata.Shown(pair.Value)}")];
        shown.ShouldBe(["u8=200", "i8=-2", "u16=60000", "i16=-2", "u32=4000000000", "i32=-7", "f32=1E-05", "yes=true", "no=false", "text='zwölf 十二'",
            "u64=18446744073709551615", "i64=-9223372036854775808", "f64=0.1", "texts=a list of 3 texts", "integers=a list of 2 numbers", "singles=a list of 2 numbers", "nested=a list of 1 lists"]);
        GgufTexts texts = file.Metadata.GetTexts("texts").ShouldNotBeNull();
        Enumerable.Range(0, 3).Select(i => texts[i]).ShouldBe(["a", "", "ß"]);
        file.Metadata.GetNumbers("integers")!.Whole(1).ShouldBe(-4);
        file.Metadata.GetNumbers("singles")![0].ShouldBe(0.5);
    }

    [Theory]
    [InlineData(2u, 32)]
    [InlineData(3u, 64)]
    [InlineData(3u, 8)]
    public void Tensors_are_read_in_torch_order(uint version, int alignment)
    {
        var bytes = new GgufBytes { Version = version, Alignment = alignment };
        if (alignment != 32) bytes.Number("general.alignment", (uint)alignment);
        using GgufFile file = Open(bytes.Floats("m", [2, 3], [1, 2, 3, 4, 5, 6]).Floats("v", [3], [7, 8, 9]).Tensor("h", GgmlType.BF16, [2], [0x80, 0x3F, 0x00, 0xC0]));
        file.Version.ShouldBe((int)version);
        file.Tensors["m"].Shape.ShouldBe([2, 3]);
        (file.Tensors["m"].Rows, file.Tensors["m"].Columns, file.Tensors["m"].NumElements).ShouldBe((2, 3, 6));
        file.ReadFloat32(file.Tensors["m"]).ShouldBe([1, 2, 3, 4, 5, 6]);
        file.ReadFloat32(file.Tensors["v"]).ShouldBe([7, 8, 9]);
        file.ReadFloat32(file.Tensors["h"]).ShouldBe([1, -2]);
    }

    [Fact]
    public unsafe void Rows_go_where_they_are_sent_on_all_cores()
    {
        const int Rows = 5000, Columns = 64; // several parts
        using GgufFile file = Open(new GgufBytes().Floats("m", [Rows, Columns], Enumerable.Range(0, Rows * Columns).Select(i => (float)i)));
        float[] values = new float[Rows * Columns];
        fixed (float* destination = values) file.ReadFloat32(file.Tensors["m"], destination, row => Rows - 1 - row);
        values[0].ShouldBe((Rows - 1) * Columns);
        values[^1].ShouldBe(Columns - 1);
        fixed (float* destination = values) file.ReadStored(file.Tensors["m"], destination);
        values.ShouldBe(Enumerable.Range(0, Rows * Columns).Select(i => (float)i));
    }

    [Fact]
    public void A_type_without_a_decoder_is_refused_when_it_is_read()
    {
        using GgufFile file = Open(new GgufBytes().Tensor("w", GgmlType.IQ2_XXS, [256], new byte[66]));
        Should.Throw<InvalidInputException>(() => file.ReadFloat32(file.Tensors["w"])).Message.ShouldContain("'w' is stored as IQ2_XXS");
        Should.Throw<InvalidInputException>(file.CheckTypes).Message.ShouldContain("Q4_K");
    }

    [Fact]
    public void A_key_of_another_kind_or_range_is_named()
    {
        using GgufFile file = Open(new GgufBytes().Text("a", "x").Number("b", 9).Flag("c", true));
        Should.Throw<InvalidInputException>(() => file.Metadata.GetInt("a", 0, 1)).Message.ShouldContain("a is 'x'");
        Should.Throw<InvalidInputException>(() => file.Metadata.GetInt("b", 0, 8)).Message.ShouldContain("from 0 to 8");
        Should.Throw<InvalidInputException>(() => file.Metadata.GetInt("c", 0, 8)).Message.ShouldContain("c is true");
        Should.Throw<InvalidInputException>(() => file.Metadata.GetInt("d", 0, 8)).Message.ShouldContain("d is missing");
        Should.Throw<InvalidInputException>(() => file.Metadata.GetText("b")).Message.ShouldContain("b is 9");
        file.Metadata.GetNumberOrNull("b").ShouldBe(9);
        file.Metadata.GetText("d").ShouldBeNull();
    }

    public static TheoryData<string, Func<GgufBytes>, string> Broken() => new()
    {
        { "magic", () => new GgufBytes { Magic = 1 }, "magic" },
        { "version", () => new GgufBytes { Version = 4 }, "version 4" },
        { "big-endian", () => new GgufBytes { Version = 0x03000000 }, "big-endian" },
        { "tensor count", () => new GgufBytes { NumTensors = 1ul << 60 }, "number of tensors" },
        { "key count", () => new GgufBytes { NumKeys = ulong.MaxValue }, "number of metadata keys" },
        { "empty key", () => new GgufBytes().Number("", 1), "empty name" },
        { "long key", () => new GgufBytes().Number(new string('k', 65_536), 1), "65536 bytes" },
        { "key twice", () => new GgufBytes().Number("k", 1).Number("k", 2), "'k' stands twice" },
        { "value type", () => new GgufBytes().Raw("k", 13, [0]), "type 13" },
        { "negative value type", () => new GgufBytes().Raw("k", uint.MaxValue, [0]), "'k' has the type 4294967295" },
        { "truth value", () => new GgufBytes().Raw("k", 7, [2]), "'k' is a truth value of 2" },
        { "text length", () => new GgufBytes().Raw("k", 8, BitConverter.GetBytes(1ul << 63)), "'k'" },
        { "list length", () => new GgufBytes().Raw("k", 9, [.. BitConverter.GetBytes(6u), .. BitConverter.GetBytes(1ul << 61)]), "'k'" },
        { "list type", () => new GgufBytes().Raw("k", 9, [.. BitConverter.GetBytes(99u), .. BitConverter.GetBytes(0ul)]), "type 99" },
        { "list depth", () => new GgufBytes().Raw("k", 9, [.. Enumerable.Repeat((byte[])[.. BitConverter.GetBytes(9u), .. BitConverter.GetBytes(1ul)], 3000).SelectMany(x => x)]), "nested more than" },
        { "alignment 0", () => new GgufBytes().Number("general.alignment", 0), "general.alignment is 0" },
        { "alignment 12", () => new GgufBytes().Number("general.alignment", 12), "power of two" },
        { "tensor twice", () => new GgufBytes().Floats("t", [1], [1]).Floats("t", [1], [1]), "'t' stands twice" },
        { "rank", () => new GgufBytes().RawTensor("t", 0, [1, 1, 1, 1, 1], new byte[4]), "5 dimensions" },
        { "size 0", () => new GgufBytes().RawTensor("t", 0, [0], []), "dimension of 0" },
        { "size -1", () => new GgufBytes().RawTensor("t", 0, [ulong.MaxValue], []), "dimension of 18446744073709551615" },
        { "product", () => new GgufBytes().RawTensor("t", 0, [1ul << 32, 1ul << 32], []), "product" },
        { "byte length", () => new GgufBytes().RawTensor("t", 0, [1ul << 62], []), "'t' has" },
        { "type", () => new GgufBytes().RawTensor("t", 4, [32], new byte[18]), "type 4" },
        { "block", () => new GgufBytes().RawTensor("t", 2, [33], new byte[36]), "multiple of 32" },
        { "offset alignment", () => new GgufBytes { Offset = (name, offset) => name == "u" ? offset + 1 : offset }.Floats("t", [1], [1]).Floats("u", [1], [1]), "'u' begins at byte 33" },
        { "offset wraps", () => new GgufBytes { Offset = (_, _) => ulong.MaxValue - 31 }.Floats("t", [1], [1]), "'t' has 4 bytes from byte 18446744073709551584" },
        { "offset beyond", () => new GgufBytes { Offset = (_, _) => 64 }.Floats("t", [1], [1]), "'t' ends at byte" },
        { "overlap", () => new GgufBytes { Offset = (_, _) => 0 }.Floats("t", [1], [1]).Floats("u", [1], [1]), "shares bytes" },
    };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void A_defect_is_refused_by_name(string what, Func<GgufBytes> make, string named) =>
        Should.Throw<InvalidInputException>(() => Open(make()).Dispose(), what).Message.ShouldContain(named);

    private static GgufFile Open(GgufBytes bytes)
    {
        using var folder = new TemporaryFolder();
        bytes.WriteTo(folder["f.gguf"]);
        return GgufFile.Open(folder["f.gguf"]);
    }
}
