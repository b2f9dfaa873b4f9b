using TorchSharp;
using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Functions;

/// <summary>Head and loss together, against the whole logits and autograd.</summary>
public sealed class CrossEntropyTests
{
    private const int Hidden = 6;

    [Theory]
    [InlineData(false, 1000, 0, 0, 0)]
    [InlineData(true, 1000, 0, 0, 0)]
    [InlineData(true, 33, 0, 0, 0)]
    [InlineData(false, 1, 0, 0, 0)]
    [InlineData(false, 1000, 0.1, 0, 0)]
    [InlineData(true, 33, 0.3, 0, 0)]
    [InlineData(false, 1000, 1, 0, 0)]
    [InlineData(false, 1000, 0, 0.01, 0)]
    [InlineData(true, 33, 0.2, 0.5, 0)]
    [InlineData(false, 1000, 0, 0, 1)]
    [InlineData(true, 33, 0, 0, 2)]
    [InlineData(false, 1, 0, 0.1, 0.5)]
    public void Loss_and_gradients_equal_autograd_of_whole_logits(bool adapted, long logitsHeld, double smoothing, double zLoss, double focalGamma)
    {
        var form = new TokenLoss(smoothing, zLoss, focalGamma);
        const int vocabulary = 11;
        const double tolerance = 1e-12;
        const ScalarType type = ScalarType.Float64;
        using DisposeScope scope = NewDisposeScope();
        using TokenBatch batch = TokenBatch.FromRows([[1, 2, 3, 4], [5], [6, 7, 8, 9, 10, 1, 2]], [[-100, 2, 3, 4], [5], [-100, -100, 8, 9, 10, -100, 2]]);
        batch.LabelledTokens.ShouldBe([0, 1, 2, 6, 7, 8, 10]);
        batch.Labels.ShouldBe([2, 3, 4, 8, 9, 10, 2]);

        Tensor h = Tensors.Normal(1, type, batch.NumTokens, Hidden), w = Tensors.Normal(2, type, vocabulary, Hidden) * 0.1;
        Tensor a = Tensors.Normal(3, type, 2, Hidden), b = Tensors.Normal(4, type, vocabulary, 2);
        Tensor[] leaves = [h.clone().requires_grad_(true), w.clone().requires_grad_(true), a.clone().requires_grad_(true), b.clone().requires_grad_(true)];
        Tensor weight = adapted ? leaves[1] + leaves[3].mm(leaves[2]) * 0.5 : leaves[1];
        Tensor tokens = torch.tensor(batch.LabelledTokens.Select(t => (long)t).ToArray()), labels = torch.tensor(batch.Labels.Select(t => (long)t).ToArray());
        Tensor expected = CrossEntropyFunction.Reference(leaves[0], weight, tokens, labels, form) / 5;
        expected.backward();

        using var workspace = new Workspace(type);
        var t = new Tape(workspace);
        Var hidden = t.Leaf(h, needsGrad: true);
        var (pa, pb) = (new Parameter("a", a.clone()) { Trained = adapted }, new Parameter("b", b.clone()) { Trained = adapted });
        var head = new Linear("head", new Parameter("w", w.clone()) { Trained = true });
        if (adapted) head.Adapters.Add(new TestLora(pa, pb, 0.5));
        float[] tokenLosses = new float[batch.NumLabels];
        Var loss = t.CrossEntropy(hidden, head, batch, 5, tokenLosses, form, logitsHeld);
        Tensors.RelativeError(loss.Data, expected.view(1)).ShouldBeLessThan(tolerance);
        (tokenLosses.Sum() / 5).ShouldBe((float)Tensors.Numbers(expected)[0], 1e-4f);
        t.Backward(loss);
        using (Buffer dHidden = Tape.GradientOf(hidden).ShouldNotBeNull()) Tensors.RelativeError(dHidden.Tensor, leaves[0].grad!).ShouldBeLessThan(tolerance);
        Tensors.RelativeError(head.Weight.Grad.ShouldNotBeNull(), leaves[1].grad!).ShouldBeLessThan(tolerance);
        if (adapted) Tensors.RelativeError(pb.Grad.ShouldNotBeNull(), leaves[3].grad!).ShouldBeLessThan(tolerance);
        if (adapted) Tensors.RelativeError(pa.Grad.ShouldNotBeNull(), leaves[2].grad!).ShouldBeLessThan(tolerance);
        t.Dispose();
        t.NumForgotten.ShouldBe(0);
    }

    [Fact]
    public void The_reference_is_torchs_own_smoothed_loss()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = Tensors.Normal(1, ScalarType.Float64, 3, Hidden), w = Tensors.Normal(2, ScalarType.Float64, 11, Hidden), labels = torch.tensor(new long[] { 4, 0, 10 });
        Tensor torchs = nn.functional.cross_entropy(h.mm(w.t()), labels, reduction: nn.Reduction.Sum, label_smoothing: 0.2);
        Tensors.RelativeError(CrossEntropyFunction.Reference(h, w, torch.arange(3), labels, new TokenLoss(0.2)).view(1), torchs.view(1)).ShouldBeLessThan(1e-13);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_focal_loss_is_finite_for_a_token_that_is_certain(double gamma)
    {
        using DisposeScope scope = NewDisposeScope();
        using var workspace = new Workspace();
        using TokenBatch batch = TokenBatch.FromRows([[0, 1]], [[-100, 0]]);
        using var t = new Tape(workspace);
        var head = new Linear("head", new Parameter("identity", torch.eye(2)));
        Var hidden = t.Leaf(torch.tensor(new float[,] { { 200, -200 }, { 0, 0 } }), needsGrad: true);
        Var loss = t.CrossEntropy(hidden, head, batch, 1, form: new TokenLoss(FocalGamma: gamma));
        loss.Data.item<float>().ShouldBe(0);
        t.Backward(loss);
        using Buffer dHidden = Tape.GradientOf(hidden).ShouldNotBeNull();
        dHidden.Tensor.data<float>().ToArray().ShouldBe([0, 0, 0, 0]);
    }

    [Fact]
    public void Micro_batches_with_one_divisor_add_up_to_the_whole_batch()
    {
        using DisposeScope scope = NewDisposeScope();
        using var workspace = new Workspace(ScalarType.Float64);
        int[][] rows = [[1, 2, 3], [4, 5], [6, 7, 8, 9]];
        var embedding = new Parameter("e", Tensors.Normal(5, ScalarType.Float64, 11, Hidden)) { Trained = true };
        var head = new Linear("head", embedding);
        double whole = Step(rows);
        Tensor gradient = embedding.Grad!.clone();
        embedding.ClearGrad();
        double parts = rows.Sum(row => Step([row]));
        parts.ShouldBe(whole, 1e-12);
        Tensors.RelativeError(embedding.Grad!, gradient).ShouldBeLessThan(1e-12);

        double Step(int[][] ids)
        {
            using TokenBatch batch = TokenBatch.FromRows(ids, ids);
            using var t = new Tape(workspace);
            Var loss = t.CrossEntropy(t.Embedding(embedding, batch), head, batch, 6);
            t.Backward(loss);
            return loss.Data.item<double>();
        }
    }

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        using var workspace = new Workspace();
        using var t = new Tape(workspace);
        using TokenBatch none = TokenBatch.FromRows([[1, 2]], [[-100, -100]]), outside = TokenBatch.FromRows([[1, 2]], [[1, 11]]);
        using Tensor numbers = Tensors.Normal(1, ScalarType.Float32, 2, Hidden), weight = Tensors.Normal(2, ScalarType.Float32, 11, Hidden);
        var head = new Linear("head", new Parameter("w", weight));
        Should.Throw<ArgumentException>(() => t.CrossEntropy(t.Leaf(numbers), head, none, 1)).Message.ShouldContain("No token");
        Should.Throw<ArgumentException>(() => t.CrossEntropy(t.Leaf(numbers), head, outside, 1)).Message.ShouldContain("11");
        Should.Throw<ArgumentOutOfRangeException>(() => t.CrossEntropy(t.Leaf(numbers), head, outside, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => t.CrossEntropy(t.Leaf(numbers), head, outside, 1, form: new TokenLoss(1.5)));
        Should.Throw<ArgumentException>(() => t.CrossEntropy(t.Leaf(numbers), head, outside, 1, form: new TokenLoss(0.1, FocalGamma: 1)));
        Should.Throw<ArgumentException>(() => t.Embedding(head.Weight, TokenBatch.FromRows([[11]]))).Message.ShouldContain("11");
    }

    [Fact]
    public void The_padding_ids_row_gets_no_gradient_from_the_embedding()
    {
        using DisposeScope scope = NewDisposeScope();
        using var workspace = new Workspace();
        using TokenBatch batch = TokenBatch.FromRows([[0, 3, 0, 3]]);
        var embedding = new Parameter("e", Tensors.Normal(5, ScalarType.Float32, 5, 2)) { Trained = true };
        using (var t = new Tape(workspace))
        {
            Buffer ones = workspace.Rent(4, 2);
            ones.Tensor.fill_(1);
            t.Backward(t.Embedding(embedding, batch, paddingId: 0), ones);
        }
        Tensors.Numbers(embedding.Grad!).ShouldBe([0, 0, 0, 0, 0, 0, 2, 2, 0, 0]);
    }
}
