using TorchSharp;
using TuneSharp.Kernels;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Training.Optimizers;
using static TorchSharp.torch;

namespace TuneSharp.Training.Tests.Optimizers;

/// <summary>Memory of eight bits a number: what it costs in exactness, and that pieces and blocks fit together.</summary>
public sealed class EightBitRuleTests
{
    public EightBitRuleTests() => TorchRuntime.EnsureLoaded();

    public static TheoryData<string, string> Pairs => new() { { "adamw_bnb_8bit", "adamw_torch" }, { "lion_8bit", "lion_32bit" }, { "rmsprop_bnb_8bit", "rmsprop" }, { "sgd_bnb_8bit", "sgd" } };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Its_steps_are_those_of_float32_but_for_the_rounding_of_the_memory(string coded, string exact)
    {
        using DisposeScope scope = NewDisposeScope();
        using Parameter a = new("w", Start(300, 7)), b = new("w", Start(300, 7));
        using Optimizer eight = Create(coded, "min_8bit_size=0", a), full = Create(exact, exact == "sgd" ? "momentum=0.9" : "", b);
        Tensor start = a.Value.clone();
        for (int t = 1; t <= 10; t++)
        {
            foreach ((Parameter p, Optimizer optimizer) in ((Parameter, Optimizer)[])[(a, eight), (b, full)])
            {
                p.ClearGrad();
                p.Add(Gradient(t, 300, 7));
                optimizer.Step(0.01);
            }
        }
        double moved = (b.Value - start).norm().item<float>(), off = (a.Value - b.Value).norm().item<float>();
        off.ShouldBeLessThan(0.1 * moved, coded);
        // Signs alone survive the rounding.
        if (coded != "lion_8bit") off.ShouldBeGreaterThan(1e-5 * moved, "a memory of eight bits is rounded");
    }

    [Fact]
    public void Its_first_step_is_exact_to_the_last_bit_but_one()
    {
        using DisposeScope scope = NewDisposeScope();
        using Parameter a = new("w", Start(40, 30)), b = new("w", Start(40, 30));
        using Optimizer eight = Create("adamw_bnb_8bit", "min_8bit_size=0", a), full = Create("adamw_torch", "", b);
        a.Add(Gradient(1, 40, 30));
        b.Add(Gradient(1, 40, 30));
        eight.Step(0.01);
        full.Step(0.01);
        (a.Value - b.Value).abs().max().item<float>().ShouldBeLessThan(2e-7f);
    }

    [Fact]
    public void Pieces_of_a_large_parameter_are_the_same_as_the_parameter_in_two()
    {
        // More than one piece of 2^20 numbers, and the last block is not full.
        const int Rows = 1025, Columns = 1031, Piece = 1 << 20;
        using DisposeScope scope = NewDisposeScope();
        Tensor start = Start(Rows, Columns), g = Gradient(1, Rows, Columns);
        using Parameter whole = new("w", start.clone()), first = new("a", start.view(-1)[..Piece].clone()), second = new("b", start.view(-1)[Piece..].clone());
        using Optimizer one = Create("lion_8bit", "", whole), two = Create("lion_8bit", "", first, second);
        for (int t = 0; t < 2; t++)
        {
            whole.ClearGrad();
            whole.Add(g);
            foreach ((Parameter p, Tensor part) in ((Parameter, Tensor)[])[(first, g.view(-1)[..Piece]), (second, g.view(-1)[Piece..])])
            {
                p.ClearGrad();
                p.Add(part);
            }
            one.Step(0.01);
            two.Step(0.01);
        }
        whole.Value.view(-1).eq(cat([first.Value, second.Value], 0)).all().item<bool>().ShouldBeTrue();
        one.State["exp_avg.w"].view(-1).eq(cat([two.State["exp_avg.a"], two.State["exp_avg.b"]], 0)).all().item<bool>().ShouldBeTrue();
    }

    [Fact]
    public void Small_parameters_keep_float32()
    {
        IUpdateRule rule = OptimizerCatalog.Rule("adamw_bnb_8bit", new Dictionary<string, string>());
        rule.States([63, 65]).Select(state => (state.Name, state.Type)).ShouldBe([("exp_avg", ScalarType.Float32), ("exp_avg_sq", ScalarType.Float32)]);
        rule.States([64, 64]).Select(state => (state.Name, state.Type, state.Bytes)).ShouldBe(
            [("exp_avg", ScalarType.Byte, 4096), ("exp_avg_absmax", ScalarType.Float32, 64), ("exp_avg_sq", ScalarType.Byte, 4096), ("exp_avg_sq_absmax", ScalarType.Float32, 64)]);
    }

    [Fact]
    public void Codes_can_be_looked_up_as_on_a_processor()
    {
        ((EightBitRule)OptimizerCatalog.Rule("lion_8bit", OptimizerArguments.Parse("codes=lookup"))).Codes.ShouldBe(CodeRule.LookUp);
        ((EightBitRule)OptimizerCatalog.Rule("lion_8bit", OptimizerArguments.Parse(""))).Codes.ShouldBe(CodeRule.Nearest);
    }

    private static Optimizer Create(string name, string arguments, params Parameter[] parameters) =>
        new(name, OptimizerCatalog.Rule(name, OptimizerArguments.Parse(arguments)), [new ParameterGroup(parameters, 0.1)]);

    private static Tensor Start(int rows, int columns) => linspace(-1.5, 1.5, rows * columns, dtype: ScalarType.Float32).reshape(rows, columns);

    private static Tensor Gradient(int step, int rows, int columns) => ((arange(rows * columns, dtype: ScalarType.Float32) + 1) * 0.37 * step).sin().reshape(rows, columns);
}
