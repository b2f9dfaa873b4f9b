using TorchSharp;
using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Functions;

/// <summary>What holds for every fused function.</summary>
public sealed class FunctionSpecTests
{
    private const double DoubleTolerance = 1e-10;

    private static readonly Dictionary<string, FunctionSpec> Specs = FunctionSpecs.All().ToDictionary(spec => spec.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names() => [.. Specs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_and_backward_equal_autograd_of_the_reference(string name)
    {
        FunctionSpec spec = Specs[name];
        Compare(spec, ScalarType.Float64, DoubleTolerance);
        Compare(spec, ScalarType.Float32, spec.SingleTolerance);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Reference_gradient_equals_central_differences(string name)
    {
        FunctionSpec spec = Specs[name];
        if (name.Contains("Relu", StringComparison.Ordinal)) return; // has a kink; its gradient is compared with autograd's above
        using DisposeScope scope = NewDisposeScope();
        Tensor[] all = [.. Draw(spec.Inputs, 1, ScalarType.Float64), .. Draw(spec.Parameters, 50, ScalarType.Float64)];
        foreach (Tensor leaf in all) leaf.requires_grad_(true);
        Tensor y = Reference(all), weights = Tensors.Normal(99, ScalarType.Float64, y.shape);
        (y * weights).sum().backward();
        for (int i = 0; i < all.Length; i++)
        {
            Tensor direction = Tensors.Normal(200 + i, ScalarType.Float64, all[i].shape);
            double analytic = (all[i].grad! * direction).sum().item<double>(), numeric;
            const double Step = 1e-6;
            using (no_grad())
            {
                numeric = (Loss(i, direction * Step) - Loss(i, direction * -Step)) / (2 * Step);
            }
            Math.Abs(analytic - numeric).ShouldBeLessThan(1e-6 * Math.Max(1, Math.Abs(analytic)), $"{name}, argument {i}");
        }

        double Loss(int moved, Tensor by) => (Reference([.. all.Select((x, j) => j == moved ? x + by : x)]) * weights).sum().item<double>();
        Tensor Reference(Tensor[] values) => spec.Reference(values[..spec.Inputs.Length], values[spec.Inputs.Length..]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Inference_is_bit_equal_and_steps_leave_nothing_behind(string name)
    {
        FunctionSpec spec = Specs[name];
        using var workspace = new Workspace();
        Tensor[] inputs = Draw(spec.Inputs, 1, ScalarType.Float32);
        Parameter[] parameters = [.. Draw(spec.Parameters, 50, ScalarType.Float32).Select((p, i) => new Parameter($"p{i}", p) { Trained = true })];
        (double[] recorded, _) = Step(recording: true);
        (double[] inferred, _) = Step(recording: false);
        inferred.ShouldBe(recorded);

        // The first steps still learn how much is in use at once.
        for (int i = 0; i < 3; i++) Step(recording: true);
        long bytes = workspace.TotalBytes;
        DisposeScopeManager.Statistics.Reset();
        for (int i = 0; i < 5; i++) Step(recording: true).Forgotten.ShouldBe(0);
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(0, "live tensors");
        workspace.TotalBytes.ShouldBe(bytes);
        workspace.NumRented.ShouldBe(0);
        foreach (IDisposable d in (IDisposable[])[.. inputs, .. parameters]) d.Dispose();

        (double[] Output, int Forgotten) Step(bool recording)
        {
            var t = new Tape(workspace, recording);
            using DisposeScope scope = NewDisposeScope();
            Var[] x = [.. inputs.Select(input => t.Leaf(input, needsGrad: true))];
            Var y = spec.Fused(t, x, parameters);
            double[] output = Tensors.Numbers(y.Data);
            if (recording)
            {
                Buffer dY = workspace.Rent(y.Data.shape);
                dY.Tensor.fill_(1);
                t.Backward(y, dY);
                foreach (Var leaf in x) Tape.GradientOf(leaf)?.Release();
            }
            t.Dispose();
            return (output, t.NumForgotten);
        }
    }

    /// <summary>All trained; then each input and parameter alone: the others get no gradient, and it gets the same one.</summary>
    private static void Compare(FunctionSpec spec, ScalarType type, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] inputs = Draw(spec.Inputs, 1, type), values = Draw(spec.Parameters, 50, type);
        Tensor[] leaves = [.. inputs.Concat(values).Select(x => x.clone().requires_grad_(true))];
        Tensor expected = spec.Reference(leaves[..inputs.Length], leaves[inputs.Length..]), dY = Tensors.Normal(99, type, expected.shape);
        (expected * dY).sum().backward();

        for (int only = -1; only < leaves.Length; only++)
        {
            using var workspace = new Workspace(type);
            using var t = new Tape(workspace);
            Var[] x = [.. inputs.Select((input, i) => t.Leaf(input, only < 0 || only == i))];
            Parameter[] parameters = [.. values.Select((p, i) => new Parameter($"p{i}", p.clone()) { Trained = only < 0 || only == inputs.Length + i })];
            Var y = spec.Fused(t, x, parameters);
            Tensors.RelativeError(y.Data, expected).ShouldBeLessThan(tolerance, $"{spec.Name}, forward");
            Buffer given = workspace.Rent(dY.shape);
            given.Tensor.copy_(dY);
            t.Backward(y, given);
            for (int i = 0; i < leaves.Length; i++)
            {
                Tensor? grad = i < inputs.Length ? Tape.GradientOf(x[i])?.Tensor : parameters[i - inputs.Length].Grad;
                string what = $"{spec.Name} in {type}, argument {i}, trained {only}";
                if (only >= 0 && only != i) grad.ShouldBeNull(what);
                else Tensors.RelativeError(grad.ShouldNotBeNull(what), leaves[i].grad!).ShouldBeLessThan(tolerance, what);
            }
        }
    }

    private static Tensor[] Draw(long[][] shapes, int seed, ScalarType type) => [.. shapes.Select((shape, i) => Tensors.Normal(seed + i, type, shape))];
}
