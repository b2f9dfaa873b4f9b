using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Peft.Combining;
using TuneSharp.Peft.Combining.Rows;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Targets;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests.Combining.Rows;

public sealed class RowAdaptersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-rows-").FullName;
    private readonly SmallModel _model = new();
    private readonly AdapterSet _set;

    public RowAdaptersTests()
    {
        Save("a", Config("q_proj", "embed_tokens"));
        Save("b", Config("q_proj", "lm_head") with { Rank = 3 });
        _set = new AdapterSet(_model.Tunable);
        foreach (string name in (string[])["a", "b"]) _set.Load(name, Path.Combine(_folder, name));
    }

    [Fact]
    public void EveryRow_IsAsItsAdapterAloneMakesIt()
    {
        double[] both = _model.Logits();
        double[][] alone = [.. new[] { "b", RowAdapters.Base, "a" }.Select(Alone)];
        using TokenBatch batch = SmallModel.Batch();
        double[] mixed;
        using (RowAdapters.Assign(_set, batch, ["b", RowAdapters.Base, "a"])) mixed = _model.Logits();
        for (int r = 0; r < batch.Rows.Count; r++)
        {
            Range row = (batch.Rows[r].Start * SmallModel.Vocabulary)..((batch.Rows[r].Start + batch.Rows[r].Length) * SmallModel.Vocabulary);
            mixed[row].Zip(alone[r][row], (x, y) => Math.Abs(x - y)).Max().ShouldBeLessThan(1e-12);
        }

        _model.Logits().ShouldBe(both, "afterwards the set is as it was");
    }

    [Fact]
    public void AdapterThatReplacesWeights_IsRefused()
    {
        Save("c", Config("q_proj") with { Bias = LoraBias.All });
        _set.Load("c", Path.Combine(_folder, "c"));
        using TokenBatch batch = SmallModel.Batch();
        Should.Throw<InvalidInputException>(() => RowAdapters.Assign(_set, batch, ["c", "a", "b"])).Message.ShouldContain("'c'");
    }

    [Fact]
    public void UnknownName_IsRefused()
    {
        using TokenBatch batch = SmallModel.Batch();
        Should.Throw<InvalidInputException>(() => RowAdapters.Assign(_set, batch, ["a", "b", "z"])).Message.ShouldContain("'z'");
    }

    public void Dispose()
    {
        _set.Dispose();
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private double[] Alone(string name)
    {
        _set.SwitchAll(on: false);
        if (name != RowAdapters.Base) _set.Switch(name, on: true);
        double[] logits = _model.Logits();
        _set.SwitchAll(on: true);
        return logits;
    }

    private void Save(string name, LoraConfig config)
    {
        using DisposeScope scope = NewDisposeScope();
        using LoraMethod method = LoraMethod.Create(config, _model.Tunable, seed: name[0]);
        manual_seed(name[0]);
        foreach (Parameter parameter in method.Trained) parameter.Value.add_(randn(parameter.Value.shape) * 0.3);
        method.ToAdapter().Write(Path.Combine(_folder, name));
    }

    private static LoraConfig Config(params string[] targets) => new() { Rank = 2, Alpha = 3, TargetModules = TargetModules.List(targets) };
}
