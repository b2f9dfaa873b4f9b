using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Tests.Support;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Tests;

/// <summary>Whole models with a head, every gradient against central differences of the loss in float64.</summary>
public sealed class ClassifierGradientTests
{
    private static readonly NewHead s_head = new(["no", "perhaps", "yes"]);

    public static TheoryData<string, bool> Cases()
    {
        var cases = new TheoryData<string, bool>();
        foreach (string family in (string[])[.. TinyEncoders.Families, "llama", "qwen2"])
            foreach (bool recompute in (bool[])[false, true])
                cases.Add(family, recompute);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_weight_of_a_classifier_learns_by_the_right_amount(string family, bool recompute)
    {
        using ISequenceClassifier model = TinyEncoders.Classifier(family, s_head);
        model.RecomputeBlocks = recompute;
        (int[][] ids, _) = TinyModels.Rows(3, 7, 1, 12, 9);
        int[][] types = Array.ConvertAll(ids, row => row.Select((_, i) => family is "bert" or "electra" or "roberta" && i > 4 ? 1 : 0).ToArray());
        using TokenBatch batch = TokenBatch.FromRows(ids, tokenTypes: types);
        Differences.Check(model, t => t.ClassLoss(model.Logits(t, batch), [0, 2, 1, 1], 4));
    }

    [Fact]
    public void Every_weight_of_a_masked_language_model_learns_by_the_right_amount()
    {
        foreach (string family in TinyEncoders.Families)
        {
            using IMaskedLm model = TinyEncoders.MaskedLm(family);
            (int[][] ids, _) = TinyModels.Rows(3, 7, 12);
            using TokenBatch batch = TokenBatch.FromRows(ids);
            Differences.Check(model, t => t.ClassLoss(model.Logits(t, batch, [1, 6, 10]), [5, 0, 3], 3));
        }
    }
}
