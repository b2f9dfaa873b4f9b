using System.Text.Json.Nodes;
using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.Combining;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests.Lora;

/// <summary>
/// What holds for every kind of LoRA: gradients are those of finite differences and reach every trained number, saving and
/// loading gives the same bits, merging the same output, detaching the base.
/// </summary>
public sealed class LoraVariantsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-variants-").FullName;

    public static TheoryData<string, bool, bool> Variants { get; } = new()
    {
        { "target_modules: [q_proj, k_proj]", false, false },
        { "target_modules: [q_proj, k_proj]", false, true },
        { "target_modules: [q_proj]; lora_bias: true", false, false },
        { "target_modules: [q_proj]; bias: all", false, false },
        { "target_modules: [q_proj, k_proj]; use_dora: true", false, false },
        { "target_modules: [q_proj, k_proj]; use_dora: true; lora_dropout: 0.3", false, true },
        { "target_modules: [embed_tokens, q_proj]", false, false },
        { "target_modules: [lm_head, k_proj]", false, false },
        { "target_modules: [lm_head]; lora_dropout: 0.4", false, false },
        { "target_modules: [q_proj]; modules_to_save: [embed_tokens, lm_head]", false, false },
        { "target_modules: [q_proj]; modules_to_save: [embed_tokens]; ensure_weight_tying: true", true, false },
        { "target_modules: [q_proj]; trainable_token_indices: [1, 9, 5]", false, false },
        { "target_modules: [q_proj]; trainable_token_indices: [1, 9, 5]", true, false },
        { "target_modules: [q_proj, k_proj]; init_lora_weights: pissa", false, true },
        { "target_modules: [q_proj, k_proj]; init_lora_weights: pissa_niter_3", false, false },
        { "target_modules: [q_proj, k_proj]; init_lora_weights: olora; lora_dropout: 0.3", false, false },
        { "target_modules: [q_proj, k_proj]; rank_pattern: {q_proj: 3, attn.k_proj: 7}; alpha_pattern: {1.attn.k_proj: 9}; use_rslora: true", false, false },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Gradients_AreThoseOfFiniteDifferences(string settings, bool tied, bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new SmallModel(tied, transposed);
        using LoraMethod method = Create(model, settings);
        foreach (Parameter parameter in method.Trained) parameter.ClearGrad();
        double before = model.Step();
        Dictionary<Parameter, Tensor> grads = method.Trained.ToDictionary(parameter => parameter, parameter => parameter.Grad.ShouldNotBeNull($"{parameter.Name} has no gradient").clone());
        foreach ((Parameter parameter, Tensor grad) in grads)
        {
            Tensor values = parameter.Value.view(-1);
            foreach (int i in ((int[])[0, (int)values.numel() / 2, (int)values.numel() - 1]).Distinct())
            {
                // With DoRA the norm counts as a constant, which finite differences do not know: DoraAdapterTests compares those gradients.
                if (settings.Contains("use_dora", StringComparison.Ordinal) && !parameter.Name.Contains("magnitude", StringComparison.Ordinal)) continue;
                float start = values[i].item<float>();
                (double At, double Loss) Moved(float delta)
                {
                    values[i] = start + delta;
                    return (values[i].item<float>(), model.Step());
                }

                (double atHigh, double high) = Moved(4e-4f);
                (double atLow, double low) = Moved(-4e-4f);
                values[i] = start;
                double expected = (high - low) / (atHigh - atLow);
                grad.view(-1)[i].to(ScalarType.Float64).item<double>().ShouldBe(expected, 1e-4 + 1e-3 * Math.Abs(expected), $"{parameter.Name}[{i}]");
            }
        }
        model.Step().ShouldBe(before, "the same seed drops the same inputs");
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void SavedAndLoaded_IsTheSameBits_AndDetachedTheBase(string settings, bool tied, bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new SmallModel(tied, transposed);
        double[] plain = model.Logits(), tuned;
        JsonObject config;
        using (LoraMethod method = Create(model, settings))
        {
            tuned = model.Logits();
            tuned.ShouldNotBe(plain);
            config = method.ToAdapter().Config;
            method.ToAdapter().Write(_folder);
        }

        model.Logits().ShouldBe(plain);
        using var loaded = (LoraMethod)PeftCatalog.LoadAdapter(_folder, model.Tunable);
        model.Logits().ShouldBe(tuned);
        JsonNode.DeepEquals(loaded.ToAdapter().Config, config).ShouldBeTrue();
        loaded.Detach();
        model.Logits().ShouldBe(plain);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Merged_IsTheSameOutput_AndUnmergedTheBase(string settings, bool tied, bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new SmallModel(tied, transposed);
        double[] plain = model.Logits();
        using LoraMethod method = Create(model, settings);
        double[] tuned = model.Logits();
        double largest = tuned.Max(Math.Abs);
        using (MergedAdapters merged = MergedAdapters.Merge([method]))
        {
            model.Logits().Zip(tuned, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(2e-6 * largest);
            merged.Unmerge();
        }

        model.Logits().ShouldBe(tuned);
        method.Detach();
        model.Logits().ShouldBe(plain);
    }

    [Theory]
    [InlineData("init_lora_weights: pissa")]
    [InlineData("init_lora_weights: pissa_niter_8")]
    [InlineData("init_lora_weights: olora")]
    [InlineData("init_lora_weights: olora; use_rslora: true")]
    [InlineData("init_lora_weights: pissa; rank_pattern: {q_proj: 1}")]
    public void TakenFromTheBase_BeginsAsTheBase_AndConvertsIntoAnOrdinaryLora(string settings)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new SmallModel();
        double[] plain = model.Logits(), tuned;
        using (var method = (LoraMethod)PeftCatalog.CreateForTraining(Settings("target_modules: [q_proj, k_proj]; r: 2; " + settings), model.Tunable, 1, null))
        {
            model.Logits().Zip(plain, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-9);
            Randomise(method);
            tuned = model.Logits();
            method.ToPlainAdapter().Write(_folder);
        }

        using var converted = (LoraMethod)PeftCatalog.LoadAdapter(_folder, model.Tunable);
        converted.Config.Rank.ShouldBe(4);
        converted.Residuals.ShouldBeEmpty();
        model.Logits().Zip(tuned, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5 * tuned.Max(Math.Abs));
    }

    [Fact]
    public void Pissa_QuickForm_FindsTheLeadingVectors()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new SmallModel();
        using LoraMethod full = Start("pissa"), quick = Start("pissa_niter_30");
        for (int i = 0; i < full.Adapters.Count; i++)
        {
            Tensor exact = full.Adapters[i].B.Value.t().mm(full.Adapters[i].A.Value), found = quick.Adapters[i].B.Value.t().mm(quick.Adapters[i].A.Value);
            (exact - found).abs().max().item<float>().ShouldBeLessThan(1e-3f);
        }

        LoraMethod Start(string kind) => (LoraMethod)PeftCatalog.CreateForTraining(Settings($"target_modules: [q_proj]; r: 2; init_lora_weights: {kind}"), model.Tunable, 1, null);
    }

    [Theory]
    [InlineData("gaussian", true)]
    [InlineData("true", true)]
    [InlineData("orthogonal", false)]
    [InlineData("false", false)]
    public void Starts_ChangeNothingWhereBIsZero(string start, bool nothing)
    {
        using var model = new SmallModel();
        double[] plain = model.Logits();
        using ITuningMethod method = PeftCatalog.CreateForTraining(Settings($"target_modules: [q_proj, embed_tokens]; r: 4; init_lora_weights: {start}"), model.Tunable, 1, null);
        model.Logits().SequenceEqual(plain).ShouldBe(nothing);
        // B A = 0 there, up to rounding.
        if (start == "orthogonal") model.Logits().Zip(plain, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-6);
    }

    [Theory]
    [InlineData("target_modules: [q_proj]; rank_pattern: {v_proj: 2}", "v_proj")]
    [InlineData("target_modules: [q_proj]; alpha_pattern: {k_proj: 2}", "k_proj")]
    [InlineData("target_modules: [q_proj]; exclude_modules: [w_proj]", "w_proj")]
    [InlineData("target_modules: [q_proj]; exclude_modules: [q_proj]", "exclude_modules")]
    [InlineData("target_modules: [q_proj]; layers_to_transform: [2]", "layer 2")]
    [InlineData("target_modules: [q_proj]; layers_to_transform: [0]; layers_pattern: [blocks]", "layers_pattern")]
    [InlineData("target_modules: all-linear; layers_to_transform: [0]", "all-linear")]
    [InlineData("target_modules: [q_proj]; modules_to_save: [w_head]", "w_head")]
    [InlineData("target_modules: [q_proj]; trainable_token_indices: [11]", "11")]
    [InlineData("target_modules: [q_proj]; trainable_token_indices: {lm_head: [1]}", "lm_head")]
    [InlineData("target_modules: [q_proj, embed_tokens]; trainable_token_indices: [1]", "embed_tokens")]
    [InlineData("target_modules: [embed_tokens]; use_dora: true", "use_dora")]
    [InlineData("target_modules: [q_proj]; fan_in_fan_out: true", "fan_in_fan_out")]
    [InlineData("target_modules: [q_proj]; init_lora_weights: eva", "eva")]
    [InlineData("target_modules: [q_proj]; r: 3; init_lora_weights: orthogonal", "even")]
    [InlineData("target_modules: [q_proj]; r: 0", "`r` is 0")]
    public void WhatFitsNothing_IsRefusedByName(string settings, string named)
    {
        using var model = new SmallModel();
        double[] plain = model.Logits();
        Should.Throw<InvalidInputException>(() => PeftCatalog.CreateForTraining(Settings(settings), model.Tunable, 1, null)).ToString().ShouldContain(named);
        model.Logits().ShouldBe(plain);
    }

    [Theory]
    [InlineData("target_modules: [q_proj]; modules_to_save: [lm_head]", "ensure_weight_tying")]
    [InlineData("target_modules: [embed_tokens]; ensure_weight_tying: true", "ensure_weight_tying")]
    public void TiedMatrix_ThatWouldBecomeTwo_IsRefused(string settings, string named)
    {
        using var model = new SmallModel(tied: true);
        Should.Throw<InvalidInputException>(() => PeftCatalog.CreateForTraining(Settings(settings), model.Tunable, 1, null)).ToString().ShouldContain(named);
    }

    [Fact]
    public void AlphaThatIsNoNumber_IsRefused() =>
        Should.Throw<InvalidInputException>(() => new MethodSettings { Options = new LoraSettings { LoraAlpha = double.NaN } }.Validate()).Message.ShouldContain("lora_alpha");

    [Fact]
    public void RankAboveTheMatrix_OnlyWarns()
    {
        var sizes = new ModelSizes(new ModelShape(SmallModel.Vocabulary, SmallModel.Width, 1, 1, 1, SmallModel.Width, 8), SmallModel.Width, [new LinearSize("model.layers.0.attn.q_proj", 6, 6, true)], TiedHead: false) { HeadName = "lm_head" };
        MethodFootprint footprint = PeftCatalog.FootprintOf(Settings("target_modules: [q_proj]; r: 9"), sizes);
        footprint.NumTrained.ShouldBe(9 * 12);
        footprint.Warnings.Single().ShouldContain("rank 9");
        using var model = new SmallModel();
        using LoraMethod method = Create(model, "target_modules: [q_proj]; r: 9; init_lora_weights: pissa");
        method.Trained[0].Shape.ShouldBe([9, 6]);
    }

    [Fact]
    public void Load_OtherEmbeddingThanTheBases_IsRefused()
    {
        using var model = new SmallModel();
        using (LoraMethod method = Create(model, "target_modules: [embed_tokens]")) method.ToAdapter().Write(_folder);
        using (no_grad()) model.Tunable.Embedding!.Weight.Value.add_(1);
        Should.Throw<InvalidInputException>(() => PeftCatalog.LoadAdapter(_folder, model.Tunable)).Message.ShouldContain("base_layer");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static LoraMethod Create(SmallModel model, string settings)
    {
        var method = (LoraMethod)PeftCatalog.CreateForTraining(Settings(settings.Contains("r: ", StringComparison.Ordinal) ? settings : "r: 2; " + settings), model.Tunable, 1, "the-base");
        Randomise(method);
        return method;
    }

    private static void Randomise(LoraMethod method)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(9);
        foreach (Parameter parameter in method.Trained) parameter.Value.add_(randn(parameter.Value.shape, dtype: parameter.Value.dtype) * 0.3);
    }

    /// <summary>`key: value; …` of a recipe as settings.</summary>
    private static MethodSettings Settings(string text)
    {
        var config = new LoraSettings();
        foreach (string[] pair in text.Split(';', StringSplitOptions.TrimEntries).Select(part => part.Split(": ", 2)))
        {
            string value = pair[1];
            config = pair[0] switch
            {
                "r" => config with { R = int.Parse(value) },
                "target_modules" => config with { TargetModules = List(value) },
                "exclude_modules" => config with { ExcludeModules = List(value) },
                "modules_to_save" => config with { ModulesToSave = List(value) },
                "layers_pattern" => config with { LayersPattern = List(value) },
                "layers_to_transform" => config with { LayersToTransform = JsonNode.Parse(value) },
                "trainable_token_indices" => config with { TrainableTokenIndices = JsonNode.Parse(Quoted(value)) },
                "rank_pattern" => config with { RankPattern = JsonNode.Parse(Quoted(value))!.AsObject() },
                "alpha_pattern" => config with { AlphaPattern = JsonNode.Parse(Quoted(value))!.AsObject() },
                "bias" => config with { Bias = value },
                "init_lora_weights" => config with { InitLoraWeights = value },
                "lora_dropout" => config with { LoraDropout = double.Parse(value, System.Globalization.CultureInfo.InvariantCulture) },
                "lora_bias" => config with { LoraBias = bool.Parse(value) },
                "use_dora" => config with { UseDora = bool.Parse(value) },
                "use_rslora" => config with { UseRslora = bool.Parse(value) },
                "ensure_weight_tying" => config with { EnsureWeightTying = bool.Parse(value) },
                "fan_in_fan_out" => config with { FanInFanOut = bool.Parse(value) },
                _ => throw new ArgumentException(pair[0]),
            };
        }

        return new MethodSettings { Options = config };
    }

    private static string[] List(string text) => text.Trim('[', ']').Split(", ");

    private static string Quoted(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"([\w.]+): ", "\"$1\": ");
}
