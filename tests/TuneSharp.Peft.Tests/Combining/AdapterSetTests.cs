using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Combining;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Targets;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests.Combining;

public sealed class AdapterSetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-set-").FullName;
    private readonly TunableModel _model;

    public AdapterSetTests()
    {
        TorchRuntime.EnsureLoaded();
        _model = Model(ScalarType.Float32);
    }

    [Fact]
    public void Adapters_that_are_on_add_up_by_their_scales()
    {
        float[] plain = Output(_model);
        using AdapterSet set = Two(_model);
        set.Switch("b", on: false);
        float[] a = Output(_model);
        set.Switch("a", on: false);
        set.Switch("b", on: true);
        float[] b = Output(_model);
        a.ShouldNotBe(plain);
        set.Switch("a", on: true);
        Close(Output(_model), [.. plain.Select((p, i) => a[i] + b[i] - p)]);

        set.SetScale("a", 0.5);
        set.SetScale("b", -2);
        Close(Output(_model), [.. plain.Select((p, i) => p + 0.5f * (a[i] - p) - 2 * (b[i] - p))]);
        set.SwitchAll(on: false);
        Output(_model).ShouldBe(plain, "switched off, an adapter leaves no trace");
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5f)]
    [InlineData(ScalarType.BFloat16, 0.3f)]
    public void Merging_computes_the_same_and_unmerging_gives_the_base_back_bit_for_bit(ScalarType type, float tolerance)
    {
        TunableModel model = Model(type);
        float[] before = Weights(model);
        using AdapterSet set = Two(model);
        set.SetScale("b", 0.7);
        float[] tuned = Output(model);
        MergedAdapters merged = set.Merge();
        merged.KeptBytes.ShouldBe(3 * 36 * model.Linears[0].Weight.Value.element_size());
        model.Linears.ShouldAllBe(linear => linear.Adapters.Count == 0);
        Close(Output(model), tuned, tolerance);
        Weights(model).ShouldNotBe(before);
        merged.Unmerge();
        Weights(model).ShouldBe(before);
        Output(model).ShouldBe(tuned);
        merged.Unmerge(); // a second time changes nothing
        Output(model).ShouldBe(tuned);
    }

    [Fact]
    public void Merging_keeps_an_adapters_biases()
    {
        using LoraMethod method = LoraMethod.Create(Config("q_proj") with { Bias = LoraBias.All }, _model, seed: 1);
        foreach (Parameter parameter in method.Trained) Fill(parameter.Value);
        float[] tuned = Output(_model), weights = Weights(_model);
        MergedAdapters merged = MergedAdapters.Merge([method]);
        Close(Output(_model), tuned);
        merged.Unmerge();
        Output(_model).ShouldBe(tuned);
        Weights(_model).ShouldBe(weights);
    }

    [Fact]
    public void Merging_only_takes_what_is_on()
    {
        using AdapterSet set = Two(_model);
        set.Switch("a", on: false);
        float[] b = Output(_model);
        using MergedAdapters merged = set.Merge();
        Close(Output(_model), b);
    }

    [Fact]
    public void What_cannot_be_is_refused_with_a_sentence()
    {
        using AdapterSet set = Two(_model);
        Should.Throw<InvalidInputException>(() => set.Switch("c", on: true)).Message.ShouldContain("There are: a, b.");
        Should.Throw<InvalidInputException>(() => set.SetScale("a", double.NaN)).Message.ShouldContain("scale");
        Should.Throw<InvalidInputException>(() => set.Load("a", Folder("a"))).Message.ShouldContain("two adapters with the name 'a'");
        Save("c", Config("q_proj") with { Bias = LoraBias.All });
        Save("d", Config("q_proj") with { Bias = LoraBias.LoraOnly });
        float[] before = Output(_model);
        set.Load("c", Folder("c"));
        Should.Throw<InvalidInputException>(() => set.Load("d", Folder("d"))).Message.ShouldContain("both replace");
        set.Switch("c", on: false);
        Output(_model).ShouldBe(before);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private AdapterSet Two(TunableModel model)
    {
        if (!Directory.Exists(Folder("a"))) Save("a", Config("q_proj"));
        if (!Directory.Exists(Folder("b"))) Save("b", Config("q_proj", "layers.0.k_proj") with { Rank = 3, UseRslora = true });
        var set = new AdapterSet(model);
        set.Load("a", Folder("a"));
        set.Load("b", Folder("b"));
        return set;
    }

    private string Folder(string name) => Path.Combine(_folder, name);

    private void Save(string name, LoraConfig config)
    {
        TunableModel own = Model(ScalarType.Float32);
        using LoraMethod method = LoraMethod.Create(config, own, seed: name[0]);
        foreach (Parameter parameter in method.Trained) Fill(parameter.Value);
        AdapterFolder.Write(Folder(name), method.ToAdapter().Config, method.ToAdapter().Tensors);
    }

    private static LoraConfig Config(params string[] targets) => new() { Rank = 2, Alpha = 4, TargetModules = TargetModules.List(targets), BaseModel = "the-base" };

    private static TunableModel Model(ScalarType type)
    {
        manual_seed(3);
        Linear New(string name) => new(name, new Parameter(name + ".weight", randn(6, 6).to(type)), new Parameter(name + ".bias", randn(6).to(type)));
        Linear[] linears = [New("layers.0.q_proj"), New("layers.0.k_proj"), New("layers.1.q_proj"), New("lm_head")];
        return new TunableModel(linears[..^1], [.. linears.SelectMany(linear => (Parameter[])[linear.Weight, linear.Bias!])], linears[^1]);
    }

    private static void Fill(Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        values.copy_(randn(values.shape));
    }

    /// <summary>Each module on the same input: their parts stay linear in what the adapters do.</summary>
    private static float[] Output(TunableModel model)
    {
        using var workspace = new Workspace();
        using DisposeScope scope = NewDisposeScope();
        using var tape = new Tape(workspace, recording: false);
        Var x = tape.Leaf(arange(24).reshape(4, 6).to(ScalarType.Float32) / 12 - 1);
        return [.. model.Linears.SelectMany(linear => linear.Forward(tape, x).Data.data<float>().ToArray())];
    }

    private static float[] Weights(TunableModel model) => [.. model.Parameters.SelectMany(parameter => parameter.Value.to(ScalarType.Float32).data<float>().ToArray())];

    private static void Close(float[] actual, float[] expected, float tolerance = 1e-4f)
    {
        for (int i = 0; i < expected.Length; i++) actual[i].ShouldBe(expected[i], tolerance, $"number {i}");
    }
}
