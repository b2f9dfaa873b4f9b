using System.IO.Compression;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Parquet.Serialization;
using TuneSharp.Data.Checking;

namespace TuneSharp.Data.Tests.Files;

/// <summary>Files that were changed at a few bytes or cut: rows, problems, or one clear refusal; nothing else, and no endless reading.</summary>
public sealed class DamagedFilesTests : IDisposable
{
    private const int Mutations = 300;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private sealed class Row
    {
        public string? question { get; set; }
        public string? answer { get; set; }
        public List<int>? numbers { get; set; }
    }

    [Theory]
    [InlineData("rows.parquet")]
    [InlineData("rows.arrow")]
    [InlineData("stream.arrow")]
    [InlineData("rows.xlsx")]
    [InlineData("rows.csv")]
    public async Task Check_MutatedFile_NeverThrows(string name)
    {
        byte[] whole = await Make(name);
        var random = new Random(7);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bytes = random.Next(5) == 0 ? whole[..random.Next(1, whole.Length)] : (byte[])whole.Clone();
            for (int change = random.Next(1, 5); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            string path = _folder.Write(name, bytes);
            DatasetCheck check = DatasetCheck.Run(path);
            (check.Rows > 0 || check.Problems.Errors > 0).ShouldBeTrue($"mutation {i}");
        }
    }

    private static async Task<byte[]> Make(string name)
    {
        using var stream = new MemoryStream();
        switch (name)
        {
            case "rows.parquet":
                await ParquetSerializer.SerializeAsync(Enumerable.Range(1, 6).Select(i => new Row { question = $"q{i}", answer = $"a{i}", numbers = [i, i + 1] }), stream);
                break;
            case "rows.csv":
                stream.Write("question,answer\n\"a, \"\"b\"\"\",c\nd,\"e\nf\"\n"u8);
                break;
            case "rows.xlsx":
                using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
                {
                    using var writer = new StreamWriter(zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.NoCompression).Open());
                    await writer.WriteAsync("""<worksheet><sheetData><row r="1"><c t="str"><v>question</v></c><c t="str"><v>answer</v></c></row><row r="2"><c t="str"><v>q</v></c><c t="str"><v>a</v></c></row></sheetData></worksheet>""");
                }
                break;
            default:
                StringArray Texts(params string[] texts) => texts.Aggregate(new StringArray.Builder(), (builder, text) => builder.Append(text)).Build();
                RecordBatch batch = new RecordBatch.Builder().Append("question", true, Texts("q1", "q2")).Append("answer", true, Texts("a1", "a2")).Build();
                using (ArrowStreamWriter writer = name == "rows.arrow" ? new ArrowFileWriter(stream, batch.Schema, leaveOpen: true) : new ArrowStreamWriter(stream, batch.Schema, leaveOpen: true))
                {
                    writer.WriteRecordBatch(batch);
                    writer.WriteEnd();
                }
                break;
        }
        return stream.ToArray();
    }
}
