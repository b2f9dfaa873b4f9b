using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Training.Checkpoints;
using TuneSharp.Training.Optimizers;
using static TorchSharp.torch;

namespace TuneSharp.Training.Tests.Optimizers;

/// <summary>What holds for every optimizer of the catalog.</summary>
public sealed class OptimizerContractTests
{
    private const double Decay = 0.1, Rate = 0.01;

    /// <summary>A vector, a matrix, single numbers, three dimensions, more than one block of codes and a rest.</summary>
    private static readonly long[][] Shapes = [[7], [6, 10], [1], [1, 1], [2, 3, 4], [65, 67]];

    public OptimizerContractTests() => TorchRuntime.EnsureLoaded();

    public static TheoryData<string> Names => [.. OptimizerCatalog.Names];

    public static TheoryData<int> PlainCases => [.. Enumerable.Range(0, PlainRules.All.Count)];

    [Fact]
    public void Every_optimizer_has_a_plain_reference()
    {
        // Muon's bfloat16 and the rounding of 8-bit memory have tests of their own.
        OptimizerCatalog.Names.Where(name => name != "muon" && !name.EndsWith("8bit", StringComparison.Ordinal)).Except(PlainRules.All.Select(plain => plain.Name)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(PlainCases))]
    public void Steps_equal_the_plain_formula(int plainCase)
    {
        (string name, string arguments, Action<PlainOptimizer, double> step) = PlainRules.All[plainCase];
        using DisposeScope scope = NewDisposeScope();
        double factor = arguments.Contains("relative", StringComparison.Ordinal) ? 1 : 2;
        foreach (long[] shape in Shapes.Where(shape => shape.Length < 3))
        {
            using var p = new Parameter("w", Start(shape));
            using var optimizer = new Optimizer(name, OptimizerCatalog.Rule(name, OptimizerArguments.Parse(arguments)), [new ParameterGroup([p], Decay, factor)]);
            var plain = new PlainOptimizer(step, Numbers(p.Value), shape.Length == 1 ? 1 : (int)shape[0], Decay);
            for (int t = 1; t <= 20; t++)
            {
                Tensor g = Gradient(t, shape);
                p.ClearGrad();
                p.Add(g);
                optimizer.Step(Rate * t);
                plain.Step(Numbers(g), factor * Rate * t);
                Distance(Numbers(p.Value), plain.P).ShouldBeLessThan(5e-6 * Math.Max(1, plain.P.Max(Math.Abs)), $"{name} {arguments} [{string.Join(", ", shape)}], step {t}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Resumed_in_the_middle_it_is_the_uninterrupted_run_bit_for_bit(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        string folder = Directory.CreateTempSubdirectory("tunesharp-optim-").FullName;
        try
        {
            Parameter[] whole = Parameters(ScalarType.BFloat16), first = Parameters(ScalarType.BFloat16), second = Parameters(ScalarType.BFloat16);
            using Optimizer uninterrupted = Create(name, whole), before = Create(name, first), after = Create(name, second);
            for (int t = 1; t <= 6; t++) Step(uninterrupted, whole, t);
            for (int t = 1; t <= 3; t++) Step(before, first, t);
            OptimizerFile.Write(folder, before);
            OptimizerFile.Read(folder, after, before.CompletedSteps);
            for (int t = 4; t <= 6; t++) Step(after, second, t);
            after.CompletedSteps.ShouldBe(6);
            for (int i = 0; i < whole.Length; i++) Same(second[i].Value, whole[i].Value).ShouldBeTrue($"{name}, {whole[i].Name}");
            foreach ((string key, Tensor value) in uninterrupted.State) Same(after.State[key], value).ShouldBeTrue($"{name}, {key}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Zero_and_tiny_gradients_give_finite_weights(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = Parameters(ScalarType.Float32);
        Tensor[] start = [.. parameters.Select(p => p.Value.clone())];
        using Optimizer optimizer = Create(name, parameters, decay: 0);
        foreach (Parameter p in parameters) p.Add(zeros(p.Value.shape));
        optimizer.Step(Rate);
        for (int i = 0; i < parameters.Length; i++) Same(parameters[i].Value, start[i]).ShouldBeTrue($"{name}: nothing to learn, nothing moves");
        foreach (double size in (double[])[1e-20, 1e-38, 0, 1])
        {
            for (int t = 0; t < 3; t++)
            {
                foreach (Parameter p in parameters)
                {
                    p.ClearGrad();
                    p.Add(full(p.Value.shape, size));
                }
                optimizer.Step(Rate);
                foreach (Parameter p in parameters) p.Value.isfinite().all().item<bool>().ShouldBeTrue($"{name} after gradients of {size}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_parameter_without_gradient_is_left_alone_and_counts_no_step(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = Parameters(ScalarType.Float32), alone = Parameters(ScalarType.Float32);
        using Optimizer optimizer = Create(name, parameters), other = Create(name, alone);
        Tensor start = parameters[1].Value.clone();
        Step(optimizer, parameters, 1, except: parameters[1]);
        Same(parameters[1].Value, start).ShouldBeTrue();
        Same(parameters[0].Value, alone[0].Value).ShouldBeFalse();
        // Its first step, later, is a first step.
        Step(optimizer, parameters, 2);
        Step(other, alone, 2);
        Same(parameters[1].Value, alone[1].Value).ShouldBeTrue(name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sixteen_bit_weights_have_float32_masters(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] narrow = Parameters(ScalarType.BFloat16);
        Parameter[] wide = [.. narrow.Select(p => new Parameter(p.Name, p.Value.to(ScalarType.Float32)))];
        using Optimizer a = Create(name, narrow), b = Create(name, wide);
        for (int t = 1; t <= 5; t++)
        {
            Step(a, narrow, t, rate: 1e-4);
            Step(b, wide, t, rate: 1e-4);
        }
        foreach ((Parameter n, Parameter w) in narrow.Zip(wide))
        {
            Same(a.State["master." + n.Name], w.Value).ShouldBeTrue(name);
            Same(n.Value, w.Value.to(ScalarType.BFloat16)).ShouldBeTrue(name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_falls(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var p = new Parameter("w", Start([6, 10]));
        Tensor goal = Start([6, 10]).flip(0) * 0.5;
        using Optimizer optimizer = Create(name, [p], decay: 0);
        double Loss() => (p.Value - goal).square().mean().item<float>();
        double before = Loss();
        for (int t = 0; t < 60; t++)
        {
            p.ClearGrad();
            p.Add((p.Value - goal) * 2);
            optimizer.Step(name == "adadelta" ? 1 : 0.02);
        }
        Loss().ShouldBeLessThan(before * 0.9, name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Steps_leave_no_tensor_behind_and_the_memory_is_as_declared(string name)
    {
        Parameter[] parameters;
        Optimizer optimizer;
        using (NewDisposeScope())
        {
            parameters = Parameters(ScalarType.Float32);
            optimizer = Create(name, parameters);
            Step(optimizer, parameters, 1);
        }
        long declared = OptimizerCatalog.StateBytes(OptimizerCatalog.Rule(name, new Dictionary<string, string>()), Shapes);
        optimizer.State.Where(pair => !pair.Key.StartsWith("step.", StringComparison.Ordinal)).Sum(pair => pair.Value.numel() * pair.Value.element_size()).ShouldBe(declared);
        DisposeScopeManager.Statistics.Reset();
        for (int t = 2; t < 6; t++) optimizer.Step(Rate);
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(0, name);
        optimizer.Dispose();
        foreach (Parameter p in parameters) p.Dispose();
    }

    private static Optimizer Create(string name, Parameter[] parameters, double decay = Decay) =>
        new Optimizer(name, OptimizerCatalog.Rule(name, new Dictionary<string, string>()), [new ParameterGroup(parameters, decay)]);

    private static Parameter[] Parameters(ScalarType type) => [.. Shapes.Select((shape, i) => new Parameter($"p{i}", Start(shape).to(type)))];

    private static void Step(Optimizer optimizer, Parameter[] parameters, int t, Parameter? except = null, double rate = Rate)
    {
        foreach (Parameter p in parameters)
        {
            p.ClearGrad();
            if (p != except) p.Add(Gradient(t, p.Value.shape));
        }
        optimizer.Step(rate);
    }

    private static Tensor Start(long[] shape) => linspace(-1.5, 1.5, shape.Aggregate((a, b) => a * b) + 1, dtype: ScalarType.Float32)[1..].reshape(shape);

    private static Tensor Gradient(int step, long[] shape) => ((arange(shape.Aggregate((a, b) => a * b), dtype: ScalarType.Float32) + 1) * 0.7 * step).sin().reshape(shape) * (step == 6 ? 10 : 1);

    private static double[] Numbers(Tensor x) => x.to(ScalarType.Float64).contiguous().data<double>().ToArray();

    private static bool Same(Tensor a, Tensor b) => a.eq(b).all().item<bool>();

    private static double Distance(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
}
