using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Training.Optimizers;
using static TorchSharp.torch;

namespace TuneSharp.Training.Tests.Optimizers;

public class AdamWTests
{
    public AdamWTests() => TorchRuntime.EnsureLoaded();

    public static TheoryData<AdamWOptions> Options =>
    [
        new AdamWOptions(WeightDecay: 0.1),
        new AdamWOptions(0.8, 0.95, 1e-3, 0.01),
        new AdamWOptions(WeightDecay: 0.1, Amsgrad: true),
        new AdamWOptions(Maximize: true),
    ];

    [Theory]
    [MemberData(nameof(Options), DisableDiscoveryEnumeration = true)]
    public void Steps_AgainstThePlainFormula_Agree(AdamWOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        using var p = new Parameter("w", Start());
        Tensor plain = Start().to(ScalarType.Float64), m = zeros_like(plain), v = zeros_like(plain);
        Tensor? max = options.Amsgrad ? zeros_like(plain) : null;
        using var optimizer = new AdamW([p], options, decays: _ => true);
        for (int t = 1; t <= 20; t++)
        {
            Tensor g = Gradient(t);
            p.ClearGrad();
            p.Add(g);
            optimizer.Step(0.01 * t);
            AdamWReference.Step(plain, g.to(ScalarType.Float64), m, v, max, t, 0.01 * t, options);
            Difference(p.Value, plain).ShouldBeLessThan(1e-6, $"step {t}");
        }

        Difference(optimizer.State["exp_avg.w"], m).ShouldBeLessThan(1e-6);
        (Difference(optimizer.State["exp_avg_sq.w"], v) / v.max().item<double>()).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void Bfloat16Parameter_IsSteppedInAFloat32Master()
    {
        using DisposeScope scope = NewDisposeScope();
        using var narrow = new Parameter("w", Start().to(ScalarType.BFloat16));
        using var wide = new Parameter("w", narrow.Value.to(ScalarType.Float32));
        using AdamW a = new([narrow], new AdamWOptions()), b = new([wide], new AdamWOptions());
        for (int t = 1; t <= 50; t++)
        {
            foreach (Parameter p in (Parameter[])[narrow, wide])
            {
                p.ClearGrad();
                p.Add(Gradient(t));
            }

            // Each step is far below bf16's resolution at 1: without a master nothing would ever change.
            a.Step(1e-4);
            b.Step(1e-4);
        }

        Difference(a.State["master.w"], wide.Value).ShouldBe(0);
        Difference(narrow.Value, wide.Value.to(ScalarType.BFloat16)).ShouldBe(0);
        Difference(narrow.Value, Start().to(ScalarType.BFloat16)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Groups_BiasAndNorm_DoNotDecay()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] all = [new("model.layers.0.q_proj.weight", ones(4)), new("model.layers.0.q_proj.bias", ones(4)), new("model.norm.weight", ones(4))];
        using var optimizer = new AdamW(all, new AdamWOptions(WeightDecay: 0.5));
        foreach (Parameter p in all) p.Add(zeros(4));
        optimizer.Step(0.1);
        all.Select(p => p.Value[0].item<float>()).ShouldBe([0.95f, 1, 1]);
        foreach (Parameter p in all) p.Dispose();
    }

    [Fact]
    public void Step_ParameterWithoutGradient_IsLeftAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        using Parameter a = new("a", ones(3)), b = new("b", ones(3));
        using var optimizer = new AdamW([a, b], new AdamWOptions(WeightDecay: 0.5));
        a.Add(ones(3));
        optimizer.Step(0.1);
        b.Value.eq(1).all().item<bool>().ShouldBeTrue();
        a.Value.eq(1).any().item<bool>().ShouldBeFalse();
    }

    [Theory]
    [InlineData("model.embed_tokens.weight", true)]
    [InlineData("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", true)]
    [InlineData("model.layers.0.input_layernorm.weight", false)]
    [InlineData("model.layers.0.self_attn.q_norm.weight", false)]
    [InlineData("model.norm.weight", false)]
    [InlineData("normalizer.weight", true)]
    [InlineData("model.layers.0.self_attn.q_proj.base_layer.bias", false)]
    [InlineData("transformer.h.0.ln_1.weight", false)]
    [InlineData("encoder.LayerNorm.weight", false)]
    public void Decays_ByName_AsTrainerDecides(string name, bool decays) => WeightDecayRule.Decays(name).ShouldBe(decays);

    [Fact]
    public void Clip_AboveTheLimit_ScalesAllToIt()
    {
        using DisposeScope scope = NewDisposeScope();
        using Parameter a = new("a", zeros(2)), b = new("b", zeros(1)), none = new("none", zeros(5));
        a.Add(tensor([3f, 0f]));
        b.Add(tensor([4f]));
        GradientClipping.Clip([a, b, none], 0).ShouldBe(5, 1e-6);
        ((double)a.Grad![0].item<float>()).ShouldBe(3, 1e-6);
        GradientClipping.Clip([a, b, none], 1).ShouldBe(5, 1e-6);
        ((double)a.Grad![0].item<float>()).ShouldBe(0.6, 1e-6);
        GradientClipping.Clip([a, b, none], 10).ShouldBe(1, 1e-5);
        ((double)b.Grad![0].item<float>()).ShouldBe(0.8, 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Clip_NotFinite_SaysSoAndChangesNothing(float value)
    {
        using DisposeScope scope = NewDisposeScope();
        using var a = new Parameter("a", zeros(2));
        a.Add(tensor([3f, value]));
        double.IsFinite(GradientClipping.Clip([a], 1)).ShouldBeFalse();
        a.Grad![0].item<float>().ShouldBe(3);
    }

    private static Tensor Start() => linspace(-1.5, 1.5, 60, dtype: ScalarType.Float32).reshape(6, 10);

    private static Tensor Gradient(int step) => (arange(60, dtype: ScalarType.Float32) * 0.7 * step).sin().reshape(6, 10) * (step == 6 ? 10 : 1);

    private static double Difference(Tensor a, Tensor b) => (a.to(ScalarType.Float64) - b.to(ScalarType.Float64)).abs().max().item<double>();
}
