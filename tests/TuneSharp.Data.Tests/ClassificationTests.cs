using System.Globalization;
using TuneSharp.Data.Checking;
using TuneSharp.Data.Classification;
using TuneSharp.Data.Preparation;
using TuneSharp.Data.RowFormats;
using TuneSharp.Data.Splitting;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Data.Tests;

public sealed class ClassificationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly DataSettings s_settings = new() { Task = TrainingTask.Classification };

    private List<LabelledRow> Read(string name, string text, DataSettings? settings = null, List<DataProblem>? problems = null) =>
        [.. DatasetReader.Open(_folder.Write(name, text), RowReading.From(settings ?? s_settings)).Read(problems is null ? null : problems.Add).Cast<LabelledRow>()];

    private static LabelSurvey Survey(params string[] labels) => LabelSurvey.Of(labels.Select((label, i) => new LabelledRow(new RowSource("rows.csv", i + 1, i + 2), "a", label)));

    private static LabelledRow Lists(params string[] labels) => new(new RowSource("rows.jsonl", 1, 1), "a", null) { Labels = labels, IsList = true };

    [Theory]
    [InlineData("rows.csv", "text,label\ncold soup,bad\nwarm soup,good\n")]
    [InlineData("rows.tsv", "标签\t文本\nbad\tcold soup\ngood\twarm soup\n")]
    [InlineData("rows.jsonl", """
        {"sentence": "cold soup", "intent": "bad"}
        {"content": "warm soup", "category": "good"}
        """)]
    [InlineData("rows.json", """[{"text": "cold soup", "label": "bad"}, {"text": "warm soup", "label": "good"}]""")]
    public void Read_UsualColumns_AreFound(string name, string text)
    {
        Read(name, text).Select(row => (row.Text, row.Label)).ShouldBe([("cold soup", "bad"), ("warm soup", "good")]);
    }

    [Fact]
    public void Read_NamedColumns_AndPairs()
    {
        DataSettings settings = s_settings with { TextColumn = "q", TextPairColumn = "p", LabelColumn = "y" };
        LabelledRow row = Read("rows.csv", "q,p,y\nwho,he,1\n", settings).Single();
        (row.Text, row.TextPair, row.Label, row.LabelField).ShouldBe(("who", "he", "1", "y"));
        Read("pair.jsonl", """{"premise": "a", "hypothesis": "b", "label": 2}""").Single().TextPair.ShouldBe("b");
        var problems = new List<DataProblem>();
        Read("two.csv", "title,content,label\nt,c,1\n", problems: problems).Single().Text.ShouldBe("c");
        problems.Single().Why.ShouldBe("The text is taken from 'content'; 'title' is not used.");
    }

    [Fact]
    public void Read_SeveralLabels()
    {
        Read("a.jsonl", """{"text": "a", "labels": ["x", 2]}""" + "\n" + """{"text": "b", "labels": []}""").Select(row => string.Join('+', row.Labels)).ShouldBe(["x+2", ""]);
        Read("b.csv", "text,label\na,x | y\nb,\n", s_settings with { LabelSeparator = "|" }).Select(row => string.Join('+', row.Labels)).ShouldBe(["x+y", ""]);
        Read("c.csv", "text,label\na,\"[\"\"x\"\", \"\"y\"\"]\"\n").Single().Labels.ShouldBe(["x", "y"]);
    }

    [Theory]
    [InlineData("text,label\n,bad\n", "rows.csv, row 1, line 2, column 1, field text", "The text is empty.")]
    [InlineData("text,label\na,\n", "rows.csv, row 1, line 2, column 3, field label", "The row has no label.")]
    [InlineData("text,y\na,1\n", "rows.csv, row 1, line 2, column 1, field label", "no column with the label; the row has 'text', 'y'")]
    [InlineData("words,label\na,1\n", "rows.csv, row 1, line 2, column 1, field text", "no column with the text")]
    public void Read_WhatIsMissing_IsNamedWithItsPlace(string csv, string where, string why)
    {
        var problems = new List<DataProblem>();
        Read("rows.csv", csv, problems: problems).ShouldBeEmpty();
        problems.Single().Where.ShouldBe(where);
        problems.Single().Why.ShouldContain(why);
    }

    [Fact]
    public void Read_LinesOfAText_AreTextsWithoutLabels()
    {
        string path = _folder.Write("texts.txt", "first\r\n\n second\n");
        List<LabelledRow> rows = [.. DatasetReader.Open(path, new RowReading { Labelled = new LabelColumns(NeedsLabels: false) }).Read().Cast<LabelledRow>()];
        rows.Select(row => (row.Text, row.Label, row.Source.Row, row.Source.Line)).ShouldBe([("first", null, 1L, 1L), (" second", null, 2L, 3L)]);
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(path, RowReading.From(s_settings)).Read().Count()).Message.ShouldContain("plain text file holds no labels");
    }

    [Fact]
    public void Decide_Order()
    {
        LabelSpace names = LabelDecision.Of(Survey("b", "a", "b", "C"), new ClassificationSettings(), head: null);
        names.Names.ShouldBe(["C", "a", "b"], "sorted by code point, as Python does");
        names.Problem.ShouldBe(ProblemType.SingleLabelClassification);
        LabelDecision.Of(Survey("10", "2", "0"), new ClassificationSettings(), null).Names.ShouldBe(["0", "2", "10"]);
        LabelDecision.Of(Survey("2", "0"), new ClassificationSettings { NumLabels = 4 }, null).Names.ShouldBe(["0", "1", "2", "3"]);
        LabelDecision.Of(Survey("no", "yes"), new ClassificationSettings { Labels = ["yes", "no", "maybe"] }, null).Names.ShouldBe(["yes", "no", "maybe"]);
        LabelDecision.Of(Survey("0.5", "1"), new ClassificationSettings(), null).Problem.ShouldBe(ProblemType.Regression);
        LabelDecision.Of(LabelSurvey.Of([Lists("a"), Lists("a", "b")]), new ClassificationSettings(), null).Problem.ShouldBe(ProblemType.MultiLabelClassification);
    }

    [Fact]
    public void Decide_ExistingHead()
    {
        var head = new ExistingHead(["POS", "NEG"], null);
        LabelSpace byName = LabelDecision.Of(Survey("NEG", "POS"), new ClassificationSettings(), head), byNumber = LabelDecision.Of(Survey("0", "1"), new ClassificationSettings(), head);
        (byName.IndexOf("NEG"), byNumber.IndexOf("1")).ShouldBe((1, 1));
        byName.IndexOf("1").ShouldBeNull();
        var unnamed = new ExistingHead(LabelSpace.Unnamed(2), null);
        LabelDecision.Of(Survey("yes", "no"), new ClassificationSettings(), unnamed).Names.ShouldBe(["no", "yes"]);
        Should.Throw<InvalidInputException>(() => LabelDecision.Of(Survey("a", "b", "c"), new ClassificationSettings(), unnamed)).Message.ShouldContain("2 outputs without names, and the rows have 3 classes: a, b, c");
        LabelDecision.Of(Survey("yes", "no"), new ClassificationSettings { Labels = ["yes", "no"] }, unnamed).Names.ShouldBe(["yes", "no"]);
        LabelDecision.Of(Survey("NEG"), new ClassificationSettings { Labels = ["NEG", "POS"], ProblemType = ProblemType.MultiLabelClassification }, head).Names.ShouldBe(["POS", "NEG"], "the head's own order");
        Should.Throw<InvalidInputException>(() => LabelDecision.Of(Survey("a", "b", "c"), new ClassificationSettings { NumLabels = 3 }, unnamed)).Message.ShouldContain("The model's head has 2 outputs");
        Should.Throw<InvalidInputException>(() => LabelDecision.Of(Survey("a", "b"), new ClassificationSettings { Labels = ["a", "b"] }, head)).Message.ShouldContain("Name the same classes");
        Should.Throw<InvalidInputException>(() => LabelDecision.Of(Survey("a", "b"), new ClassificationSettings { ProblemType = ProblemType.Regression }, head with { Problem = ProblemType.SingleLabelClassification })).Message.ShouldContain("trained for single_label_classification");
        LabelDecision.Of(Survey("0.5", "1.5"), new ClassificationSettings(), new ExistingHead(["LABEL_0"], null)).Problem.ShouldBe(ProblemType.Regression);
    }

    [Fact]
    public void Decide_WhatCannotBeLearned_IsRefused()
    {
        Should.Throw<InvalidInputException>(() => LabelDecision.Of(Survey("a", "a"), new ClassificationSettings(), null)).Message.ShouldContain("Every row has the label 'a'");
        Should.Throw<InvalidInputException>(() => LabelDecision.Of(Survey([.. Enumerable.Range(0, 30).Select(i => $"id{i}")]), new ClassificationSettings(), null)).Message.ShouldContain("a label of its own");
        Should.Throw<InvalidInputException>(() => new ClassificationSettings { Labels = ["a", "b"], NumLabels = 3 }.Validate()).Message.ShouldContain("num_labels is 3");
        Should.Throw<InvalidInputException>(() => new ClassificationSettings { Labels = ["a", "a"] }.Validate()).Message.ShouldContain("twice");
        Should.Throw<InvalidInputException>(() => (s_settings with { Dataset = "a", Template = "qwen" }).Validate()).Message.ShouldContain("template is for conversations");
        Should.Throw<InvalidInputException>(() => new DataSettings { Dataset = "a", LabelColumn = "y" }.Validate()).Message.ShouldContain("label_column is for classification");
    }

    [Fact]
    public void Targets_OfEachProblem_AndWhatIsRefused()
    {
        var row = new LabelledRow(new RowSource("rows.csv", 3, 4), "a", "b");
        new LabelSpace(ProblemType.SingleLabelClassification, ["a", "b"]).Targets(row).ShouldBe([1f]);
        new LabelSpace(ProblemType.MultiLabelClassification, ["a", "b", "c"]).Targets(Lists("c", "a")).ShouldBe([1f, 0, 1]);
        new LabelSpace(ProblemType.Regression, ["LABEL_0"]).Targets(row with { Labels = ["-2.5e-1"] }).ShouldBe([-0.25f]);
        var one = new LabelSpace(ProblemType.SingleLabelClassification, ["x", "y"]);
        Should.Throw<InvalidInputException>(() => one.Targets(row)).Message.ShouldContain("rows.csv, row 3, line 4, field label");
        Should.Throw<InvalidInputException>(() => one.Targets(row)).Message.ShouldContain("'b' is none of the head's classes: x, y");
        Should.Throw<InvalidInputException>(() => one.Targets(row with { Labels = ["0.5"] })).Message.ShouldContain("number with a fraction");
        Should.Throw<InvalidInputException>(() => new LabelSpace(ProblemType.Regression, ["LABEL_0"]).Targets(row with { Labels = ["nan"] })).Message.ShouldContain("not a finite number");
    }

    [Fact]
    public void Prepare_StoresTargets_CutsAsTokenizersDo_AndSplitsEachClass()
    {
        string path = _folder.Write("rows.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => string.Create(CultureInfo.InvariantCulture, $"cow {i} eats grass,{(i % 3 == 0 ? "rare" : "usual")}\n"))));
        DataSettings settings = s_settings with { Dataset = path, ValSize = 0.2, TestSize = 3, OverlongRows = OverlongRows.Truncate, MaxLength = 6 };
        var space = new LabelSpace(ProblemType.SingleLabelClassification, ["rare", "usual"]);
        PreparedDataset data = DatasetPreparation.Prepare(settings, ClassificationRenderer.For(TinyTokenizer.Instance, space, settings, 256), 256, seed: 1);
        (data.Train.Count, data.Validation.Count, data.Test.Count).ShouldBe((45, 12, 3));
        data.Validation.Count(row => row.Targets![0] == 0).ShouldBe(4);
        data.Test.Count(row => row.Targets![0] == 0).ShouldBe(1);
        data.Train.ShouldAllBe(row => row.Length <= 6 && row.NumLabels == 1 && row.TokenTypes == null);
        data.Problems.Counts[(ProblemSeverity.Warning, ProblemKind.Truncated)].ShouldBe(60);
        Should.Throw<InvalidInputException>(() => DatasetPreparation.Prepare(settings with { OverlongRows = OverlongRows.Error }, new ClassificationRenderer(TinyTokenizer.Instance, space), 256, 1)).Message.ShouldContain("longer than max_length 6");
        Should.Throw<InvalidInputException>(() => DatasetPreparation.Prepare(settings, new ClassificationRenderer(TinyTokenizer.Instance, space with { Names = ["rare", "other"] }), 256, 1)).Message.ShouldContain("row 2, line 3");
    }

    [Fact]
    public void Split_KeepsEqualTextsTogether_AndNoClassAsideAsAWhole()
    {
        UInt128[] texts = [.. Enumerable.Range(0, 40).Select(i => (UInt128)(ulong)(i / 2))];
        int[] classes = [.. Enumerable.Range(0, 40).Select(i => i < 38 ? i / 2 % 2 : 2)];
        SplitPlan plan = StratifiedSplit.Plan(texts, classes, 0.25, 0, seed: 3, ["a", "b", "c"]);
        for (int i = 0; i < 40; i += 2) plan.Parts[i].ShouldBe(plan.Parts[i + 1]);
        plan.Parts[38].ShouldBe(SplitPart.Train, "the only text of class c is trained on");
        plan.Parts.Count(part => part == SplitPart.Validation).ShouldBeInRange(8, 10);
        Should.Throw<InvalidInputException>(() => StratifiedSplit.Plan(texts, classes, 2, 0, 3, ["a", "b", "c"])).Message.ShouldContain("val_size keeps 2 rows aside, and there are 3 classes");
        StratifiedSplit.Plan(texts[..4], [0, 1, 2, 3], 0.1, 0, 3, ["a", "b", "c", "d"]).Notes.Single().ShouldContain("none can be kept aside");
        StratifiedSplit.Plan([.. texts.Take(20), 99], [.. classes.Take(20), 2], 0.2, 0, 3, ["a", "b", "c"]).Notes.Single().ShouldBe("1 classes have only one row, which is trained on and measured nowhere: c.");
    }

    [Fact]
    public void Check_CountsLabels()
    {
        string path = _folder.Write("rows.csv", "text,label\na,x\nb,y\nc,x\n");
        DatasetCheck check = DatasetCheck.Run(path, RowReading.From(s_settings));
        (check.IsClean, check.Format, check.Rows).ShouldBe((true, "classification", 3L));
        check.Labels!.Counts.ShouldBe(new Dictionary<string, long> { ["x"] = 2, ["y"] = 1 });
        check.Problems.Kept.Single().ToString().ShouldStartWith("rows.csv, row 2, line 3: The class 'y' has only this row");
        DatasetCheck one = DatasetCheck.Run(_folder.Write("one.csv", "text,label\na,x\nb,x\n"), RowReading.From(s_settings), new ClassificationRenderer(TinyTokenizer.Instance, labels: null));
        one.IsClean.ShouldBeFalse();
        one.Problems.Kept.Single().Why.ShouldContain("Every row has the label 'x'");
    }
}
