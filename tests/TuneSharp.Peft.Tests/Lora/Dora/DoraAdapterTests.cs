// T = tokens, I = in, O = out, r = rank
using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Lora.Dora;
using TuneSharp.Peft.Targets;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests.Lora.Dora;

/// <summary>DoRA against its plain reference under autograd, in float64: alone in its slot, with dropout, and beside another adapter.</summary>
public sealed class DoraAdapterTests
{
    public DoraAdapterTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(1, 1, 1, 1, 0.0, false, false)]
    [InlineData(17, 33, 65, 4, 0.0, false, false)]
    [InlineData(5, 7, 3, 2, 0.0, true, false)]
    [InlineData(5, 7, 3, 2, 0.0, true, true)]
    [InlineData(9, 8, 8, 3, 0.4, true, false)]
    [InlineData(9, 6, 11, 3, 0.4, false, true)]
    public void Gradients_AgainstAutogradOfTheReference_Agree(int numTokens, int inputs, int outputs, int rank, double dropout, bool bias, bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(numTokens, inputs, outputs, rank, dropout, bias, transposed);
        (Tensor y, Tensor dX) = c.RunOnTape();
        Tensor[] leaves = [.. new[] { c.X, c.Lora.A.Value, c.Lora.B.Value.t(), c.Dora.Magnitude.Value }.Select(leaf => leaf.to(ScalarType.Float64, copy: true).contiguous().requires_grad_(true))];
        Tensor w = c.Linear.CopyWeight_OI(ScalarType.Float64);
        Tensor expected = DoraAdapter.Reference(leaves[0], w, leaves[1], leaves[2], leaves[3], c.Lora.Scale, dropout > 0 ? c.Lora.MaskFor(11, numTokens) : null);
        if (c.Linear.Bias is { } b) expected = expected + b.Value.to(ScalarType.Float64);
        expected.backward([c.DY]);

        // With dropout autograd gives the float32 parameters float32 gradients.
        double tolerance = dropout > 0 ? 2e-6 : 1e-12;
        Difference(y, expected).ShouldBeLessThan(1e-12);
        Difference(dX, leaves[0].grad!).ShouldBeLessThan(1e-12);
        Difference(c.Lora.A.Grad!, leaves[1].grad!).ShouldBeLessThan(tolerance);
        Difference(c.Lora.B.Grad!.t(), leaves[2].grad!).ShouldBeLessThan(tolerance);
        Difference(c.Dora.Magnitude.Grad!, leaves[3].grad!).ShouldBeLessThan(tolerance);
    }

    [Fact]
    public void BesideAnotherAdapter_BothAddUp()
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(5, 7, 3, 2, 0, true, false);
        Tensor alone = c.RunOnTape().Y;
        using var other = new LoraAdapter(c.Linear, new LoraConfig { Rank = 2, Alpha = 2, TargetModules = TargetModules.List("q_proj") });
        other.A.Value.copy_(randn(2, 7));
        other.B.Value.copy_(randn(2, 3));
        c.Linear.Adapters.Add(other);
        Tensor both = c.RunOnTape().Y;
        c.Linear.Adapters.Remove(other);
        Tensor added = c.X.mm(other.A.Value.to(ScalarType.Float64).t()).mm(other.B.Value.to(ScalarType.Float64));
        Difference(both, alone + added).ShouldBeLessThan(1e-12);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.0)]
    public void Apply_GivesTheSameOutput(double strength)
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(5, 7, 3, 2, 0, false, true);
        c.Lora.Strength = strength;
        Tensor y = c.RunOnTape().Y;
        Tensor merged = c.Linear.Weight.Value.to(ScalarType.Float64, copy: true);
        c.Dora.Apply(merged);
        Difference(y, c.X.mm(merged)).ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void Initialise_MagnitudesAreTheRowsLengths_AndNothingChanges()
    {
        using DisposeScope scope = NewDisposeScope();
        using Case c = new(4, 6, 5, 2, 0, true, false);
        c.Lora.B.Value.zero_();
        c.Dora.Initialise();
        Tensor w = c.Linear.Weight.Value;
        Difference(c.Dora.Magnitude.Value, (w * w).sum([1]).sqrt()).ShouldBeLessThan(1e-6);
        Difference(c.RunOnTape().Y, c.X.mm(w.t().to(ScalarType.Float64)) + c.Linear.Bias!.Value.to(ScalarType.Float64)).ShouldBeLessThan(1e-5);
    }

    private static double Difference(Tensor a, Tensor b) => (a.to(ScalarType.Float64) - b.to(ScalarType.Float64)).abs().max().item<double>();

    private sealed class Case : IDisposable
    {
        private readonly Workspace _workspace = new(ScalarType.Float64);

        public Case(int numTokens, int inputs, int outputs, int rank, double dropout, bool bias, bool transposed)
        {
            manual_seed(7);
            Linear = new Linear("model.layers.0.q_proj", new Parameter("w", transposed ? randn(inputs, outputs) : randn(outputs, inputs)), bias ? new Parameter("b", randn(outputs)) : null, transposed);
            X = randn(numTokens, inputs, dtype: ScalarType.Float64);
            DY = randn(numTokens, outputs, dtype: ScalarType.Float64);
            Lora = new LoraAdapter(Linear, new LoraConfig { Rank = rank, Alpha = 3, Dropout = dropout, TargetModules = TargetModules.List("q_proj") });
            Dora = new DoraAdapter(Lora);
            Lora.A.Value.copy_(randn(rank, inputs));
            Lora.B.Value.copy_(randn(rank, outputs));
            Dora.Magnitude.Value.copy_(randn(outputs));
            Lora.A.Trained = Lora.B.Trained = Dora.Magnitude.Trained = true;
            Linear.Adapters.Add(Dora);
        }

        public Linear Linear { get; }

        public LoraAdapter Lora { get; }

        public DoraAdapter Dora { get; }

        public Tensor X { get; }

        public Tensor DY { get; }

        public (Tensor Y, Tensor DX) RunOnTape()
        {
            foreach (Parameter parameter in (Parameter[])[Lora.A, Lora.B, Dora.Magnitude]) parameter.ClearGrad();
            (Tensor Y, Tensor DX) result;
            using (var tape = new Tape(_workspace) { Seed = 11 })
            {
                Var x = tape.Leaf(X, needsGrad: true);
                Var y = Linear.Forward(tape, x);
                Tensor output = y.Data.clone();
                Nn.Buffer dY = _workspace.Rent(DY.shape);
                dY.Tensor.copy_(DY);
                tape.Backward(y, dY);
                using Nn.Buffer dX = Tape.GradientOf(x)!;
                result = (output, dX.Tensor.clone());
            }

            _workspace.NumRented.ShouldBe(0);
            return result;
        }

        public void Dispose()
        {
            Dora.Dispose();
            Linear.Weight.Dispose();
            _workspace.Dispose();
        }
    }
}
