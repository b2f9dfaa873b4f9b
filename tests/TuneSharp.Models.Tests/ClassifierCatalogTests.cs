using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Models.Settings;
using TuneSharp.Models.Tests.Support;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Tests;

/// <summary>Classifiers from folders and into folders: trained heads, new heads, heads that do not fit.</summary>
public sealed class ClassifierCatalogTests : IDisposable
{
    private static readonly ModelSettings s_single = new() { WeightsDtype = "float32", ComputeDtype = "float32" };
    private static readonly NewHead s_head = new(["no", "是", "yes"]);

    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-classifier-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bert", "BertForSequenceClassification")]
    [InlineData("roberta", "RobertaForSequenceClassification")]
    [InlineData("distilbert", "DistilBertForSequenceClassification")]
    [InlineData("electra", "ElectraForSequenceClassification")]
    [InlineData("llama", "LlamaForSequenceClassification")]
    [InlineData("qwen2", "Qwen2ForSequenceClassification")]
    public void What_was_saved_loads_bit_for_bit(string family, string architecture)
    {
        using ISequenceClassifier model = TinyEncoders.Classifier(family, s_head);
        ModelCatalog.Save(model, _folder);
        HfConfig config = HfConfig.Load(_folder);
        config.Architectures.ShouldBe([architecture]);
        config.GetString("problem_type").ShouldBe("single_label_classification");
        config.GetObject("id2label")!.GetString("1").ShouldBe("是");
        config.GetObject("label2id")!.GetInt("yes", 0, 9).ShouldBe(2);

        using ISequenceClassifier loaded = ModelCatalog.LoadClassifier(_folder, s_single);
        loaded.LabelNames.ShouldBe(s_head.Labels);
        loaded.Problem.ShouldBe(ProblemType.SingleLabelClassification);
        loaded.Warnings.ShouldBeEmpty();
        loaded.Parameters.Select(p => p.Name).ShouldBe(model.Parameters.Select(p => p.Name));
        foreach ((Parameter a, Parameter b) in loaded.Parameters.Zip(model.Parameters)) TinyModels.Numbers(a.Value).ShouldBe(TinyModels.Numbers(b.Value), a.Name);
        Logits(loaded).ShouldBe(Logits(model));

        ModelSizes sizes = ModelCatalog.SizesOf(config);
        sizes.Linears.Select(linear => (linear.Name, linear.In, linear.Out)).ShouldBe(model.Linears.Select(linear => (linear.Name, linear.In, linear.Out)));
        sizes.NumParameters.ShouldBe(model.Parameters.Sum(p => p.NumElements));
        sizes.HeadName.ShouldBeNull();
    }

    [Theory]
    [InlineData("bert", "classifier")]
    [InlineData("roberta", "classifier.dense", "classifier.out_proj")]
    [InlineData("distilbert", "classifier")]
    [InlineData("llama", "score")]
    public void The_task_head_is_what_PEFT_saves_whole(string family, params string[] heads)
    {
        using ISequenceClassifier model = TinyEncoders.Classifier(family, s_head);
        model.Tunable.TaskType.ShouldBe("SEQ_CLS");
        model.Tunable.Head.ShouldBeNull();
        model.Tunable.TaskHeads.Select(linear => linear.Name).ShouldBe(heads);
        model.Linears.Select(linear => linear.Name).ShouldNotContain(heads[0]);
        model.Tunable.Residuals.Count.ShouldBe(6);
        foreach (string name in model.Parameters.Select(p => p.Name)) name.ShouldStartWith(family is "llama" ? (name[0] == 's' ? "score" : "model.") : name.Contains("classifier", StringComparison.Ordinal) ? name : family + ".");
    }

    [Fact]
    public void A_bare_encoder_with_old_names_gets_a_new_head_that_depends_on_the_seed_alone()
    {
        using ISequenceClassifier source = TinyEncoders.Classifier("bert", s_head);
        WriteBare(source, name => name.Replace("bert.", "", StringComparison.Ordinal).Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal),
            name => !name.StartsWith("classifier", StringComparison.Ordinal));
        using ISequenceClassifier a = ModelCatalog.LoadClassifier(_folder, s_single, new NewHead(["x", "y"]) { Seed = 7 });
        using ISequenceClassifier b = ModelCatalog.LoadClassifier(_folder, s_single, new NewHead(["x", "y"]) { Seed = 7 }), c = ModelCatalog.LoadClassifier(_folder, s_single, new NewHead(["x", "y"]) { Seed = 8 });
        foreach ((Parameter from, Parameter to) in source.Parameters.Zip(a.Parameters).Where(pair => !pair.First.Name.StartsWith("classifier", StringComparison.Ordinal)))
            TinyModels.Numbers(to.Value).ShouldBe(TinyModels.Numbers(from.Value), from.Name);
        Logits(b).ShouldBe(Logits(a));
        Logits(c).ShouldNotBe(Logits(a));
        double[] weight = TinyModels.Numbers(a.Parameters.Single(p => p.Name == "classifier.weight").Value);
        Math.Sqrt(weight.Average(x => x * x)).ShouldBe(0.3, 0.1);
        TinyModels.Numbers(a.Parameters.Single(p => p.Name == "classifier.bias").Value).ShouldAllBe(x => x == 0);
        a.Tunable.TaskHeads.Select(linear => linear.Name).ShouldBe(["classifier"]);
        a.Config.Architectures.ShouldBe(["BertForSequenceClassification"]);
    }

    [Fact]
    public void A_pooler_that_the_checkpoint_lacks_is_new_and_trained_and_said()
    {
        using IMaskedLm source = TinyEncoders.MaskedLm("bert");
        ModelCatalog.Save(source, _folder);
        using ISequenceClassifier model = ModelCatalog.LoadClassifier(_folder, s_single, s_head);
        model.Tunable.TaskHeads.Select(linear => linear.Name).ShouldBe(["bert.pooler.dense", "classifier"]);
        model.Linears.Count.ShouldBe(18);
        model.Warnings.Count(warning => warning.Contains("bert.pooler", StringComparison.Ordinal)).ShouldBe(1);
        model.Warnings.Count(warning => warning.Contains("cls.predictions", StringComparison.Ordinal)).ShouldBe(1, "the other task's head is named");
    }

    [Fact]
    public void A_causal_model_becomes_a_classifier_that_reads_the_last_real_token()
    {
        using (ICausalLm source = TinyModels.Create("llama", ", \"pad_token_id\": 3")) ModelCatalog.Save(source, _folder);
        using ISequenceClassifier model = ModelCatalog.LoadClassifier(_folder, s_single, s_head);
        model.Warnings.ShouldHaveSingleItem().ShouldContain("lm_head.weight");
        double[] whole = Logits(model, [5, 9, 11]), padded = Logits(model, [5, 9, 11, 3, 3]), other = Logits(model, [5, 9, 11, 3, 4]);
        padded.Zip(whole, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5);
        other.Zip(whole, (a, b) => Math.Abs(a - b)).Max().ShouldBeGreaterThan(1e-2);
    }

    [Fact]
    public void Padding_is_written_where_the_config_names_none()
    {
        using (ICausalLm source = TinyModels.Create("qwen2")) ModelCatalog.Save(source, _folder);
        using ISequenceClassifier model = ModelCatalog.LoadClassifier(_folder, s_single, s_head with { PaddingId = 2 });
        model.Config.GetInt("pad_token_id", 0, 9).ShouldBe(2);
    }

    [Fact]
    public void A_trained_head_keeps_its_order_and_refuses_other_labels()
    {
        using (ISequenceClassifier source = TinyEncoders.Classifier("roberta", s_head)) ModelCatalog.Save(source, _folder);
        using (ISequenceClassifier same = ModelCatalog.LoadClassifier(_folder, s_single, new NewHead(["yes", "no", "是"]))) same.LabelNames.ShouldBe(s_head.Labels);
        Refusal(new NewHead(["yes", "no", "maybe"]), "'maybe'", "'是'");
        Refusal(new NewHead(["yes", "no"]), "'yes'");
        Refusal(s_head with { Problem = ProblemType.MultiLabelClassification }, "multi_label_classification");
    }

    [Fact]
    public void Labels_that_nobody_named_take_the_names_that_are_asked_for()
    {
        using (ISequenceClassifier source = TinyEncoders.Classifier("bert", new NewHead(["LABEL_0", "LABEL_1"]))) ModelCatalog.Save(source, _folder);
        using ISequenceClassifier model = ModelCatalog.LoadClassifier(_folder, s_single, new NewHead(["bad", "good"]));
        model.LabelNames.ShouldBe(["bad", "good"]);
    }

    [Fact]
    public void A_checkpoint_without_a_head_needs_labels()
    {
        using (ICausalLm source = TinyModels.Create("llama")) ModelCatalog.Save(source, _folder);
        Refusal(null, "no classification head");
        Refusal(new NewHead([]), "at least one label");
        Refusal(new NewHead(["only"]), "'only'", "one class only");
        Refusal(new NewHead(["a", "b", "a"]), "'a'", "twice");
        Should.Throw<InvalidInputException>(() => ModelCatalog.LoadMaskedLm(_folder, s_single)).Message.ShouldContain("model_type");
    }

    [Theory]
    [InlineData("\"id2label\": {\"0\": \"a\", \"2\": \"b\"}", "id2label", "'2'")]
    [InlineData("\"id2label\": {\"0\": \"a\", \"1\": \"b\"}, \"num_labels\": 3", "num_labels", "2 labels")]
    [InlineData("\"problem_type\": \"guess\"", "problem_type", "regression")]
    [InlineData("\"num_labels\": 1, \"problem_type\": \"single_label_classification\"", "problem_type", "one label")]
    [InlineData("\"num_labels\": 5", "classifier.weight", "[3, 24]", "[5, 24]")]
    [InlineData("\"num_labels\": 3, \"position_embedding_type\": \"relative_key\"", "position_embedding_type")]
    [InlineData("\"num_labels\": 3, \"is_decoder\": true", "is_decoder")]
    [InlineData("\"num_labels\": 3, \"hidden_act\": \"mish\"", "hidden_act")]
    public void A_config_that_cannot_be_is_refused_by_name(string extra, params string[] expected)
    {
        using (ISequenceClassifier source = TinyEncoders.Classifier("bert", s_head)) ModelCatalog.Save(source, _folder);
        File.WriteAllText(Path.Combine(_folder, "config.json"), TinyEncoders.Config("bert", ", " + extra).Json.ToJsonString());
        string message = Should.Throw<InvalidInputException>(() => ModelCatalog.LoadClassifier(_folder, s_single)).Message;
        foreach (string word in expected) message.ShouldContain(word);
    }

    [Fact]
    public void Rows_beyond_the_positions_and_types_beyond_the_table_are_refused()
    {
        using ISequenceClassifier model = TinyEncoders.Classifier("roberta", s_head);
        model.Shape.MaxPositions.ShouldBe(36); // 40 - padding's id - 1
        using Workspace workspace = model.CreateWorkspace();
        using TokenBatch longRow = TokenBatch.FromRows([new int[37]]), strange = TokenBatch.FromRows([[5]], tokenTypes: [[2]]);
        using var t = new Tape(workspace, recording: false);
        Should.Throw<InvalidInputException>(() => model.Logits(t, longRow)).Message.ShouldContain("36");
        Should.Throw<InvalidInputException>(() => model.Logits(t, strange)).Message.ShouldContain("token_type_embeddings");
    }

    [Fact]
    public void Sixteen_bit_weights_and_arithmetic_stay_near()
    {
        using (ISequenceClassifier source = TinyEncoders.Classifier("bert", s_head)) ModelCatalog.Save(source, _folder, ScalarType.BFloat16);
        using ISequenceClassifier wide = ModelCatalog.LoadClassifier(_folder, s_single), kept = ModelCatalog.LoadClassifier(_folder, s_single with { WeightsDtype = "bfloat16" });
        using ISequenceClassifier narrow = ModelCatalog.LoadClassifier(_folder, new ModelSettings { WeightsDtype = "bfloat16", ComputeDtype = "bfloat16" });
        double[] expected = Logits(wide);
        Logits(kept).ShouldBe(expected);
        Logits(narrow).Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(0.1 * expected.Max(Math.Abs));
    }

    [Fact]
    public void A_row_does_not_depend_on_its_neighbours()
    {
        foreach (string family in TinyEncoders.Families)
        {
            using ISequenceClassifier model = TinyEncoders.Classifier(family, s_head);
            double[] alone = Logits(model, [7, 8, 9]), together = Logits(model, [5, 6, 7, 1, 2], [7, 8, 9]);
            together[3..].Zip(alone, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5, family);
        }
    }

    private void Refusal(NewHead? head, params string[] expected)
    {
        string message = Should.Throw<InvalidInputException>(() => ModelCatalog.LoadClassifier(_folder, s_single, head)).Message;
        foreach (string word in expected) message.ShouldContain(word);
    }

    private void WriteBare(IModel model, Func<string, string> rename, Func<string, bool> keep)
    {
        SafetensorsWriter.Write(Path.Combine(_folder, "model.safetensors"), [.. model.Parameters.Where(p => keep(p.Name)).Select(p =>
        {
            byte[] bytes = p.Value.bytes.ToArray();
            return new TensorToWrite(rename(p.Name), TensorDType.F32, p.Value.shape, stream => stream.Write(bytes));
        })], new Dictionary<string, string>(StringComparer.Ordinal));
        File.WriteAllText(Path.Combine(_folder, "config.json"), TinyEncoders.Config("bert").Json.ToJsonString());
    }

    private static double[] Logits(ISequenceClassifier model, params int[][] rows)
    {
        if (rows.Length == 0) rows = [[5, 6, 7, 1, 2], [7, 8, 9]];
        using Workspace workspace = model.CreateWorkspace();
        using TokenBatch batch = TokenBatch.FromRows(rows);
        using var t = new Tape(workspace, recording: false);
        return TinyModels.Numbers(model.Logits(t, batch).Data);
    }
}
