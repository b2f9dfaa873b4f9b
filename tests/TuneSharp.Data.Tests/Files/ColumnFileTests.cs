using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Parquet.Serialization;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests.Files;

public sealed class ColumnFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private sealed class FlatRow
    {
        public string? Question { get; set; }
        public string? Answer { get; set; }
        public int Number { get; set; }
    }

    private sealed class Message
    {
        public string? role { get; set; }
        public string? content { get; set; }
    }

    private sealed class ChatRow
    {
        public List<Message>? messages { get; set; }
    }

    private static async Task Save<T>(string path, IEnumerable<T> rows)
    {
        await using FileStream file = File.Create(path);
        await ParquetSerializer.SerializeAsync(rows, file, new Parquet.ParquetOptions { RowGroupSize = 3 });
    }

    [Fact]
    public async Task Read_Parquet_AllRowGroups()
    {
        string path = System.IO.Path.Combine(_folder.Path, "rows.parquet");
        await Save(path, Enumerable.Range(1, 8).Select(i => new FlatRow { Question = $"q{i}", Answer = i == 5 ? null : $"a{i}", Number = i }));
        var problems = new List<DataProblem>();
        List<ConversationRow> rows = [.. DatasetReader.Open(path).Read(problems.Add).Cast<ConversationRow>()];
        rows.Select(row => row.Messages[1].Content).ShouldBe(["a1", "a2", "a3", "a4", "a6", "a7", "a8"]);
        problems.Single().Where.ShouldBe("rows.parquet, row 5, field Answer");
        rows[^1].Source.ToString().ShouldBe("rows.parquet, row 8");
    }

    [Fact]
    public async Task Read_ParquetWithListsOfMessages_GivesConversations()
    {
        string path = System.IO.Path.Combine(_folder.Path, "chat.parquet");
        await Save(path, [new ChatRow { messages = [new() { role = "user", content = "山?" }, new() { role = "assistant", content = "mountain" }] },
            new ChatRow { messages = [new() { role = "system", content = "s" }, new() { role = "user", content = "u" }, new() { role = "assistant", content = "a" }] }]);
        List<ConversationRow> rows = [.. DatasetReader.Open(path).Read().Cast<ConversationRow>()];
        rows.Select(row => string.Join('|', row.Messages.Select(m => $"{m.Role}:{m.Content}"))).ShouldBe(["user:山?|assistant:mountain", "system:s|user:u|assistant:a"]);
    }

    private static RecordBatch Batch(string[] questions, string?[] answers)
    {
        var dictionary = new DictionaryArray(new DictionaryType(Int8Type.Default, StringType.Default, false), new Int8Array.Builder().AppendRange(answers.Select((_, i) => (sbyte)i)).Build(), Texts(answers));
        return new RecordBatch.Builder().Append("question", false, Texts(questions)).Append("answer", true, dictionary).Build();
    }

    private static StringArray Texts(IEnumerable<string?> texts)
    {
        var builder = new StringArray.Builder();
        foreach (string? text in texts) builder.Append(text);
        return builder.Build();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_Arrow_FileAndStream(bool asFile)
    {
        string path = System.IO.Path.Combine(_folder.Path, "rows.arrow");
        using (FileStream file = File.Create(path))
        {
            RecordBatch first = Batch(["q1", "q2"], ["a1", "a2"]);
            using ArrowStreamWriter writer = asFile ? new ArrowFileWriter(file, first.Schema) : new ArrowStreamWriter(file, first.Schema);
            writer.WriteRecordBatch(first);
            writer.WriteRecordBatch(first);
            writer.WriteEnd();
        }
        List<ConversationRow> rows = [.. DatasetReader.Open(path).Read().Cast<ConversationRow>()];
        rows.Select(row => row.Messages[0].Content + row.Messages[1].Content).ShouldBe(["q1a1", "q2a2", "q1a1", "q2a2"]);
    }

    [Fact]
    public void Read_ArrowWithListsOfMessages_GivesConversations()
    {
        var message = new StructType([new Field("role", StringType.Default, true), new Field("content", StringType.Default, true)]);
        var messages = new StructArray(message, 5, [Texts(["user", "assistant", "system", "user", "assistant"]), Texts(["a", "b", "s", "u", "x"])], ArrowBuffer.Empty, 0);
        var list = new ListArray(new ListType(message), 2, new ArrowBuffer.Builder<int>().AppendRange([0, 2, 5]).Build(), messages, ArrowBuffer.Empty, 0);
        RecordBatch batch = new RecordBatch.Builder().Append("messages", false, list).Build();
        string path = System.IO.Path.Combine(_folder.Path, "chat.arrow");
        using (FileStream file = File.Create(path))
        using (var writer = new ArrowStreamWriter(file, batch.Schema))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }
        List<ConversationRow> rows = [.. DatasetReader.Open(path).Read().Cast<ConversationRow>()];
        rows.Select(row => string.Join('|', row.Messages.Select(m => $"{m.Role}:{m.Content}"))).ShouldBe(["user:a|assistant:b", "system:s|user:u|assistant:x"]);
    }

    [Theory]
    [InlineData("rows.parquet", "PAR1 this is none PAR1")]
    [InlineData("rows.parquet", "no")]
    [InlineData("rows.arrow", "ARROW1 but nothing else")]
    [InlineData("rows.arrow", "text, not arrow")]
    public void Open_DamagedFile_SaysSo(string name, string text) =>
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(_folder.Write(name, text)).Read().Count()).Message.ShouldContain("damaged");
}
