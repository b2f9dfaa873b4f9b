using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Peft.Combining;
using TuneSharp.Peft.Combining.Weighted;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Targets;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests.Combining.Weighted;

public sealed class WeightedCombinationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-combine-").FullName;
    private readonly SmallModel _model = new();

    [Theory]
    [InlineData("cat", null)]
    [InlineData("svd", 4)]
    public void ExactKinds_DoWhatTheAdaptersDoTogether(string kind, int? rank)
    {
        using DisposeScope scope = NewDisposeScope();
        Save("a", Config(2, "q_proj", "embed_tokens"));
        Save("b", Config(2, "q_proj", "k_proj") with { UseRslora = true });
        double[] expected;
        using (var set = new AdapterSet(_model.Tunable))
        {
            set.Load("a", At("a"), 0.7);
            set.Load("b", At("b"), -1.2);
            expected = _model.Logits();
        }

        Combine(new WeightedCombination(CombinationKind.Find(kind)) { SvdRank = rank }, ("a", 0.7), ("b", -1.2));
        using ITuningMethod combined = PeftCatalog.LoadAdapter(At("out"), _model.Tunable);
        _model.Logits().Zip(expected, (x, y) => Math.Abs(x - y)).Max().ShouldBeLessThan(1e-5 * expected.Max(Math.Abs));
    }

    [Fact]
    public void EveryKind_OfOneAdapterTwice_AtFullDensity_IsThatAdapter()
    {
        using DisposeScope scope = NewDisposeScope();
        Save("a", Config(2, "q_proj", "k_proj"));
        double[] expected;
        using (PeftCatalog.LoadAdapter(At("a"), _model.Tunable)) expected = _model.Logits();
        foreach (CombinationKind kind in CombinationKind.All)
        {
            // TIES divides by the number of adapters that agree. Factors of (½ + ½) are √½ + √½ = √2 each.
            double weight = kind.ElectsSigns ? 1 : kind.Form == CombinedForm.Factors ? 0.25 : 0.5;
            if (Directory.Exists(At("out"))) Directory.Delete(At("out"), recursive: true);
            Combine(new WeightedCombination(kind), ("a", weight), ("a", weight));
            using ITuningMethod combined = PeftCatalog.LoadAdapter(At("out"), _model.Tunable);
            _model.Logits().Zip(expected, (x, y) => Math.Abs(x - y)).Max().ShouldBeLessThan(1e-5 * expected.Max(Math.Abs), kind.Name);
        }
    }

    [Fact]
    public void Ties_KnownNumbers()
    {
        using DisposeScope scope = NewDisposeScope();
        var vectors = new TaskVectors(CombinationKind.Find("ties"), density: 0.75, byFrequency: false, (_, _, _) => throw new InvalidOperationException());
        // -1 and 2 are the smallest of their tensors. Signs by sums: 4 + 2 > 0, -3 - 5 < 0, 6 - 8 < 0, 0 + 7 > 0.
        Tensor found = vectors.Combine("x", [tensor(new float[] { 4, -3, 6, -1 }), tensor(new float[] { 2, -5, -8, 7 })], [1, 0.5]);
        found.data<float>().ToArray().ShouldBe([4, (-3 - 2.5f) / 2, -4, 3.5f]);
    }

    [Fact]
    public void Ties_ByFrequency_CountsSigns()
    {
        using DisposeScope scope = NewDisposeScope();
        var vectors = new TaskVectors(CombinationKind.Find("ties"), density: 1, byFrequency: true, (_, _, _) => throw new InvalidOperationException());
        Tensor found = vectors.Combine("x", [tensor(new float[] { 1 }), tensor(new float[] { 1 }), tensor(new float[] { -5 })], [1, 3, 1]);
        found.item<float>().ShouldBe(2);
    }

    [Fact]
    public void Dare_DropsItsShare_AndRepeatsItself()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = ones(4000);
        Func<int, string, Tensor, Tensor> masks = TaskVectors.RandomMasks(seed: 1, density: 0.3);
        var vectors = new TaskVectors(CombinationKind.Find("dare_linear"), 0.3, false, masks);
        Tensor found = vectors.Combine("x", [values], [1]);
        found.ne(0).to(ScalarType.Float32).mean().item<float>().ShouldBe(0.3f, 0.03f);
        found.max().item<float>().ShouldBe(1 / 0.3f, 1e-5f);
        vectors.Combine("x", [values], [1]).eq(found).all().item<bool>().ShouldBeTrue();
        vectors.Combine("y", [values], [1]).eq(found).all().item<bool>().ShouldBeFalse();
    }

    [Theory]
    [InlineData("linear", 3, "ranks 2 and 3")]
    [InlineData("svd", 9, "rank 9")]
    public void RanksThatDoNotFit_AreRefused(string kind, int rank, string named)
    {
        Save("a", Config(2, "q_proj"));
        Save("b", Config(kind == "linear" ? rank : 2, "q_proj"));
        Should.Throw<InvalidInputException>(() => Combine(new WeightedCombination(CombinationKind.Find(kind)) { SvdRank = kind == "svd" ? rank : null }, ("a", 1), ("b", 1))).Message.ShouldContain(named);
    }

    [Fact]
    public void WhatACombinationWouldLose_IsRefusedByName()
    {
        Save("a", Config(2, "q_proj"));
        Save("b", Config(2, "q_proj") with { UseDora = true });
        Should.Throw<InvalidInputException>(() => Combine(new WeightedCombination(CombinationKind.Find("cat")), ("a", 1), ("b", 1))).Message.ShouldContain("use_dora");
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void Density_OutOfRange_IsRefused(double density)
    {
        Save("a", Config(2, "q_proj"));
        Should.Throw<InvalidInputException>(() => Combine(new WeightedCombination(CombinationKind.Find("ties")) { Density = density }, ("a", 1), ("a", 1))).Message.ShouldContain("density");
    }

    [Fact]
    public void UnknownKind_ListsThoseThatThereAre() => Should.Throw<InvalidInputException>(() => CombinationKind.Find("mean")).ToString().ShouldContain("dare_ties_svd");

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private void Combine(WeightedCombination combination, params (string Name, double Weight)[] adapters) =>
        combination.Combine([.. adapters.Select(adapter => new WeightedAdapter(At(adapter.Name), adapter.Weight))]).Write(At("out"));

    private void Save(string name, LoraConfig config)
    {
        using DisposeScope scope = NewDisposeScope();
        using LoraMethod method = LoraMethod.Create(config, _model.Tunable, seed: name[0]);
        manual_seed(name[0]);
        foreach (Parameter parameter in method.Trained) parameter.Value.add_(randn(parameter.Value.shape) * 0.3);
        method.ToAdapter().Write(At(name));
    }

    private static LoraConfig Config(int rank, params string[] targets) => new() { Rank = rank, Alpha = 3, TargetModules = TargetModules.List(targets) };
}
