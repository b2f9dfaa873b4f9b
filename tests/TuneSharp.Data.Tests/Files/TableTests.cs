using System.Text;
using TuneSharp.Data.Checking;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests.Files;

public sealed class TableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private List<(string Question, string Answer)> Pairs(string name, string text, List<DataProblem>? problems = null) => Pairs(name, Encoding.UTF8.GetBytes(text), problems);

    private List<(string Question, string Answer)> Pairs(string name, byte[] bytes, List<DataProblem>? problems = null) =>
        [.. DatasetReader.Open(_folder.Write(name, bytes)).Read(problems is null ? null : problems.Add).Cast<ConversationRow>().Select(row => (row.Messages[0].Content, row.Messages[^1].Content))];

    [Theory]
    [InlineData("rows.csv", "instruction,output\n\"Say \"\"hi\"\", twice\",\"hi\nhi\"\nsecond,ok\n")]
    [InlineData("rows.csv", "instruction;output\r\n\"Say \"\"hi\"\", twice\";\"hi\nhi\"\r\nsecond;ok")]
    [InlineData("rows.csv", "sep=;\r\ninstruction;output\r\n\"Say \"\"hi\"\", twice\";\"hi\nhi\"\r\n\r\nsecond;ok\r\n")]
    [InlineData("rows.csv", "\uFEFFinstruction|output\n\"Say \"\"hi\"\", twice\"|\"hi\nhi\"\nsecond|ok\n")]
    [InlineData("rows.tsv", "instruction\toutput\nSay \"hi\", twice\t\"hi\nhi\"\nsecond\tok\n")]
    [InlineData("rows.csv", "instruction,output,,\n\"Say \"\"hi\"\", twice\",\"hi\nhi\",,\nsecond,ok,\n")]
    public void Read_EveryDialect_GivesTheSameRows(string name, string text) =>
        Pairs(name, text).ShouldBe([("Say \"hi\", twice", "hi\nhi"), ("second", "ok")]);

    [Fact]
    public void Read_RowsAcrossBufferBounds_KeepsNumbersAndLines()
    {
        var text = new StringBuilder("instruction,output\n");
        for (int i = 0; i < 4000; i++) text.Append("question ").Append(i).Append(",\"answer\n").Append('x', i % 40).Append("\"\n");
        text.Append("alone\n").Append("last,\"").Append('y', 200_000).Append("\"\n");
        var problems = new List<DataProblem>();
        List<(string Question, string Answer)> rows = Pairs("rows.csv", text.ToString(), problems);
        rows.Count.ShouldBe(4001);
        rows[^1].Answer.Length.ShouldBe(200_000);
        DataProblem ragged = problems.Single(problem => problem.Severity == ProblemSeverity.Error);
        (ragged.Kind, ragged.Row, ragged.Line).ShouldBe((ProblemKind.ColumnCount, 4001L, 8002L));
        ragged.Why.ShouldContain("1 column instead of 2");
    }

    [Fact]
    public void Read_UnclosedQuote_NamesWhereItOpens()
    {
        var problems = new List<DataProblem>();
        Pairs("rows.csv", "instruction,output\na,b\nc,\"d\ne,f\n", problems).ShouldBe([("a", "b")]);
        (problems[0].Kind, problems[0].Row, problems[0].Line, problems[0].Column).ShouldBe((ProblemKind.UnclosedQuote, 2L, 3L, 3));

        // The next opening quote closes it by accident: the place that is named is still where the mistake is.
        problems.Clear();
        Pairs("rows.csv", "instruction,output\na,b\n\"c,d\ne,\"f\ng\"\n", problems).ShouldBe([("a", "b")]);
        (problems[0].Kind, problems[0].Row, problems[0].Line, problems[0].Column).ShouldBe((ProblemKind.UnclosedQuote, 2L, 3L, 1));
    }

    [Fact]
    public void Read_EmptyAnswer_NamesTheCell()
    {
        var problems = new List<DataProblem>();
        Pairs("rows.csv", "instruction,input,output\nlong question,with input,\nx,,y\n", problems).ShouldBe([("x", "y")]);
        problems.Single().Where.ShouldBe("rows.csv, row 1, line 2, column 26, field output");
    }

    [Fact]
    public void Open_ColumnTwice_IsRefused() =>
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(_folder.Write("rows.csv", "instruction,output,output\na,b,c\n"))).Message.ShouldContain("'output' stands twice");

    [Fact]
    public void Read_WithoutHeader_WarnsAndNamesTheColumns()
    {
        var problems = new List<DataProblem>();
        DatasetReader reader = DatasetReader.Open(_folder.Write("rows.tsv", "The soup was cold.\t0\nThe soup was good.\t1\n"));
        List<DatasetRow> rows = [.. reader.Read(problems.Add, everyTask: true)];
        (reader.FormatName, reader.OtherTask).ShouldBe(("classification", "classification"));
        rows.Select(row => ((LabelledRow)row).Label).ShouldBe(["0", "1"]);
        problems.Single().Kind.ShouldBe(ProblemKind.NoHeader);
        Should.Throw<InvalidInputException>(() => reader.Read().Count()).Message.ShouldContain("classification");
    }

    [Fact]
    public void Read_JsonInsideCells_BecomesMessages()
    {
        const string csv = "messages,id\n\"[{\"\"role\"\": \"\"user\"\", \"\"content\"\": \"\"a\"\"}, {\"\"role\"\": \"\"assistant\"\", \"\"content\"\": \"\"b\"\"}]\",7\n";
        Pairs("rows.csv", csv).ShouldBe([("a", "b")]);
    }

    [Fact]
    public void Read_Gb18030_IsFoundInTablesAndTextsAndProposedForJson()
    {
        Encoding chinese = CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!;
        Pairs("rows.csv", chinese.GetBytes("instruction,output\n写一句关于春天的诗。,春眠不觉晓，处处闻啼鸟。\nWhat is 牛?,cow\n")).ShouldBe([("写一句关于春天的诗。", "春眠不觉晓，处处闻啼鸟。"), ("What is 牛?", "cow")]);
        DatasetReader text = DatasetReader.Open(_folder.Write("book.txt", chinese.GetBytes("春眠不觉晓")));
        text.Read().Cast<TextRow>().Single().Text.ShouldBe("春眠不觉晓");
        text.EncodingName.ShouldBe("GB18030");

        string json = _folder.Write("rows.jsonl", chinese.GetBytes("{\"instruction\": \"写一句诗\", \"output\": \"春眠不觉晓\"}\n"));
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(json).Read().Count()).Message.ShouldContain("encoding: gb18030");
        ((ConversationRow)DatasetReader.Open(json, new RowReading { Encoding = "gbk" }).Read().Single()).Messages[1].Content.ShouldBe("春眠不觉晓");
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(json, new RowReading { Encoding = "klingon" })).Message.ShouldContain("klingon");
    }

    [Theory]
    [InlineData("windows-1252", "instruction,output\nDéjà vu à l'été,Größe und Maß\n")]
    [InlineData("big5", "instruction,output\n請寫一首關於春天的詩，謝謝您的幫忙,歡迎\n")]
    public void Read_OtherCodePages_AreNotTakenForGb18030(string encoding, string text)
    {
        string path = _folder.Write("rows.csv", CodePagesEncodingProvider.Instance.GetEncoding(encoding)!.GetBytes(text));
        DatasetReader.Open(path).EncodingName.ShouldBe("UTF-8");
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(path).Read().Count()).Message.ShouldContain("UTF-8");
        DatasetReader.Open(path, new RowReading { Encoding = encoding }).Read().Count().ShouldBe(1);
    }

    [Fact]
    public void Check_OnlyAHeader_IsNoRowsOfItsFormat()
    {
        DatasetCheck check = DatasetCheck.Run(_folder.Write("rows.csv", "instruction,input,output\n"));
        (check.Format, check.Rows).ShouldBe(("alpaca", 0L));
        check.Problems.Kept.Single().Kind.ShouldBe(ProblemKind.NoRows);
    }
}
