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
        Check(model, batch, t => t.ClassLoss(model.Logits(t, batch), [0, 2, 1, 1], 4));
    }

    [Fact]
    public void Every_weight_of_a_masked_language_model_learns_by_the_right_amount()
    {
        foreach (string family in TinyEncoders.Families)
        {
            using IMaskedLm model = TinyEncoders.MaskedLm(family);
            (int[][] ids, _) = TinyModels.Rows(3, 7, 12);
            using TokenBatch batch = TokenBatch.FromRows(ids);
            Check(model, batch, t => t.ClassLoss(model.Logits(t, batch, [1, 6, 10]), [5, 0, 3], 3));
        }
    }

    private static void Check(IModel model, TokenBatch batch, Func<Tape, Var> loss)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Parameter parameter in model.Parameters) parameter.Trained = true;
        using var workspace = new Workspace(ScalarType.Float64);
        var tape = new Tape(workspace);
        tape.Backward(loss(tape));
        tape.Dispose();
        tape.NumForgotten.ShouldBe(0);
        workspace.NumRented.ShouldBe(0);
        using var off = no_grad();
        foreach ((int i, Parameter parameter) in model.Parameters.Index())
        {
            // Along the gradient, where the loss changes most, and a random direction. Weights are float32: the step is what really changed.
            using var generator = new Generator((ulong)i);
            Tensor kept = parameter.Value.clone(), grad = parameter.Grad!.to(ScalarType.Float32);
            Tensor direction = grad / (grad.norm() + 1e-20) * Math.Sqrt(parameter.NumElements) + torch.empty(parameter.Value.shape).normal_(0, 1, generator);
            double up = Moved(1e-4, out Tensor upper), down = Moved(-1e-4, out Tensor lower);
            double analytic = (parameter.Grad!.to(ScalarType.Float64) * (upper - lower)).sum().item<double>();
            parameter.Value.copy_(kept);
            (up - down).ShouldBe(analytic, 1e-3 * Math.Abs(analytic) + 5e-8, parameter.Name);

            double Moved(double step, out Tensor at)
            {
                parameter.Value.copy_(kept + direction * step);
                at = parameter.Value.to(ScalarType.Float64);
                using var t = new Tape(workspace, recording: false);
                return TinyModels.Numbers(loss(t).Data)[0];
            }
        }
    }
}
