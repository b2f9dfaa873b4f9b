using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Training.Optimizers;
using TuneSharp.Training.Settings;
using static TorchSharp.torch;

namespace TuneSharp.Training.Tests.Optimizers;

public sealed class GroupsAndClippingTests
{
    public GroupsAndClippingTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Groups_BiasAndNorm_DoNotDecay()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] all = [new("model.layers.0.q_proj.weight", ones(4)), new("model.layers.0.q_proj.bias", ones(4)), new("model.norm.weight", ones(4))];
        using var optimizer = new Optimizer("adamw_torch", new AdamRule(), ParameterGroups.ByDecay(all, 0.5));
        foreach (Parameter p in all) p.Add(zeros(4));
        optimizer.Step(0.1);
        all.Select(p => p.Value[0].item<float>()).ShouldBe([0.95f, 1, 1]);
        foreach (Parameter p in all) p.Dispose();
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

    [Theory]
    [InlineData(1, 9, 2)]
    [InlineData(2, 6.403124, 2)]
    [InlineData(double.PositiveInfinity, 5, 2)]
    public void Clip_ByAnyNorm_BringsThatNormToTheLimit(double type, double norm, double limit)
    {
        using DisposeScope scope = NewDisposeScope();
        using Parameter a = new("a", zeros(2)), b = new("b", zeros(1));
        a.Add(tensor([4f, 0f]));
        b.Add(tensor([-5f]));
        GradientClipping.Clip([a, b], limit, type).ShouldBe(norm, 1e-5);
        GradientClipping.Clip([a, b], 0, type).ShouldBe(limit, 1e-5);
        ((double)a.Grad![0].item<float>() / b.Grad![0].item<float>()).ShouldBe(-0.8, 1e-6);
    }

    [Fact]
    public void Clip_ByValue_CutsNumbersThenTheNorm()
    {
        using DisposeScope scope = NewDisposeScope();
        using var a = new Parameter("a", zeros(3));
        a.Add(tensor([4f, -3f, 0.5f]));
        GradientClipping.Clip([a], 0, maxValue: 3).ShouldBe(Math.Sqrt(25.25), 1e-5);
        a.Grad!.data<float>().ToArray().ShouldBe([3, -3, 0.5f]);
        GradientClipping.Clip([a], 1, maxValue: 0.5).ShouldBe(Math.Sqrt(18.25), 1e-5);
        a.Grad!.data<float>().ToArray().ShouldBe([0.5f, -0.5f, 0.5f]);
    }

    [Fact]
    public void LoraPlus_StepsBFasterThanA()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] all = [new("q_proj.lora_A.weight", ones(2, 2)), new("q_proj.lora_B.weight", ones(2, 2)), new("q_proj.bias", ones(2)), new("embed_tokens.lora_embedding_A", ones(2, 2))];
        using IOptimizer optimizer = OptimizerCatalog.Create(new TrainingSettings { Optim = "sgd", LearningRate = 0.1, LoraplusLrRatio = 4, LoraplusLrEmbedding = 0.05 }, all);
        foreach (Parameter p in all) p.Add(ones(p.Value.shape));
        optimizer.Step(0.1);
        all.Select(p => (double)p.Value.view(-1)[0].item<float>()).ShouldBe([0.9, 0.6, 0.6, 0.95], 1e-6);
        foreach (Parameter p in all) p.Dispose();
    }
}
