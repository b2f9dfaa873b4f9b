using System.Text.Json.Nodes;
using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;
using TuneSharp.Peft.Targets;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests.Lora;

public sealed class LoraMethodTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-lora-").FullName;
    private readonly TunableModel _model;

    public LoraMethodTests()
    {
        TorchRuntime.EnsureLoaded();
        _model = Model(6);
    }

    [Fact]
    public void Create_NewAdapter_ChangesNothingBitForBit()
    {
        float[] before = Output();
        using LoraMethod method = LoraMethod.Create(Config(), _model, seed: 1);
        Output().ShouldBe(before);
        method.Trained.Count.ShouldBe(4);
    }

    [Fact]
    public void SaveAndLoad_AllBiases_AreTheSameBits()
    {
        float[] baseOutput = Output();
        LoraConfig config = Config() with { Bias = LoraBias.All };
        float[] tuned;
        using (LoraMethod method = LoraMethod.Create(config, _model, seed: 1))
        {
            Randomise(method);
            tuned = Output();
            tuned.ShouldNotBe(baseOutput);
            AdapterFolder.Write(_folder, method.ToAdapter().Config, method.ToAdapter().Tensors);
        }

        Output().ShouldBe(baseOutput, "disposing takes the adapter off and the base's biases come back");
        using var loaded = (LoraMethod)PeftCatalog.LoadAdapter(_folder, _model);
        Output().ShouldBe(tuned);
        loaded.Detach();
        Output().ShouldBe(baseOutput);
        loaded.Attach();
        Output().ShouldBe(tuned);
        loaded.Trained.ShouldAllBe(parameter => !parameter.Trained);
    }

    [Fact]
    public void Save_Names_AreThoseOfPeft()
    {
        using LoraMethod method = LoraMethod.Create(Config() with { Bias = LoraBias.All }, _model, seed: 1);
        method.ToAdapter().Tensors.Select(tensor => $"{tensor.Name} [{string.Join(",", tensor.Shape)}]").Order().ShouldBe(
        [
            "base_model.model.layers.0.k_proj.bias [6]",
            "base_model.model.layers.0.q_proj.base_layer.bias [6]",
            "base_model.model.layers.0.q_proj.lora_A.weight [2,6]",
            "base_model.model.layers.0.q_proj.lora_B.weight [6,2]",
            "base_model.model.layers.1.q_proj.base_layer.bias [6]",
            "base_model.model.layers.1.q_proj.lora_A.weight [2,6]",
            "base_model.model.layers.1.q_proj.lora_B.weight [6,2]",
        ]);
    }

    [Fact]
    public void Create_LoraOnly_TrainsTheBiasesOfAdaptedModules()
    {
        using LoraMethod method = LoraMethod.Create(Config() with { Bias = LoraBias.LoraOnly }, _model, seed: 1);
        method.Trained.Select(p => p.Name).Where(name => name.EndsWith("bias", StringComparison.Ordinal)).ShouldBe(["layers.0.q_proj.bias", "layers.1.q_proj.bias"]);
    }

    [Fact]
    public void CreateForTraining_FreezesTheBase()
    {
        foreach (Parameter parameter in _model.Parameters) parameter.Trained = true;
        using ITuningMethod method = PeftCatalog.CreateForTraining(new MethodSettings { Options = new LoraSettings { R = 2, TargetModules = ["q_proj"] } }, _model, 1, "base");
        _model.Parameters.ShouldAllBe(parameter => !parameter.Trained);
        method.Trained.ShouldAllBe(parameter => parameter.Trained);
    }

    [Fact]
    public void CreateForTraining_Full_TrainsEverything()
    {
        using ITuningMethod method = PeftCatalog.CreateForTraining(new MethodSettings { Method = "full" }, _model, 1, null);
        _model.Parameters.ShouldAllBe(parameter => parameter.Trained);
        method.ToAdapter().ShouldBeNull();
    }

    [Fact]
    public void CreateForTraining_InitAdapter_GoesOnFromItsValues()
    {
        SaveRandomAdapter();
        using var method = (LoraMethod)PeftCatalog.CreateForTraining(new MethodSettings { Options = new LoraSettings { R = 99 }, InitAdapter = _folder }, _model, 1, null);
        method.Config.Rank.ShouldBe(2);
        method.Adapters[0].B.Value.abs().sum().item<float>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Load_OtherWidth_IsRefusedAndNamesTheBase()
    {
        SaveRandomAdapter();
        InvalidInputException e = Should.Throw<InvalidInputException>(() => PeftCatalog.LoadAdapter(_folder, Model(8)));
        e.Message.ShouldContain("lora_A");
        e.Message.ShouldContain("expected [2, 8]");
    }

    [Fact]
    public void Load_ModuleThatIsNotThere_IsRefused()
    {
        SaveRandomAdapter();
        EditConfig(json => json["target_modules"] = new JsonArray("q_proj", "w_proj"));
        InvalidInputException e = Should.Throw<InvalidInputException>(() => PeftCatalog.LoadAdapter(_folder, _model));
        e.Message.ShouldContain("`w_proj`");
        e.Message.ShouldContain("the-base");
    }

    [Fact]
    public void Load_TensorsLeftOver_AreNamed()
    {
        SaveRandomAdapter();
        EditConfig(json => json["target_modules"] = new JsonArray("layers.0.q_proj"));
        Should.Throw<InvalidInputException>(() => PeftCatalog.LoadAdapter(_folder, _model)).Message.ShouldContain("layers.1.q_proj.lora_A");
    }

    [Fact]
    public void Load_TensorMissing_IsNamed()
    {
        SaveRandomAdapter();
        EditConfig(json => json["target_modules"] = new JsonArray("q_proj", "k_proj"));
        Should.Throw<InvalidInputException>(() => PeftCatalog.LoadAdapter(_folder, _model)).Message.ShouldContain("k_proj.lora_A");
    }

    [Fact]
    public void Load_RefusedAdapter_LeavesTheModelAsItWas()
    {
        float[] before = Output();
        SaveRandomAdapter();
        EditConfig(json => json["target_modules"] = new JsonArray("q_proj", "k_proj"));
        Should.Throw<InvalidInputException>(() => PeftCatalog.LoadAdapter(_folder, _model));
        Output().ShouldBe(before);
        _model.Linears.ShouldAllBe(linear => linear.Adapters.Count == 0);
    }

    [Fact]
    public void Load_UnknownMethod_IsRefusedByName()
    {
        SaveRandomAdapter();
        EditConfig(json => json["peft_type"] = "VERA");
        Should.Throw<InvalidInputException>(() => PeftCatalog.LoadAdapter(_folder, _model)).Message.ShouldContain("VERA");
    }

    [Fact]
    public void Create_OutputHead_GetsAnAdapterOnlyWhenItIsNamed()
    {
        using (LoraMethod named = LoraMethod.Create(Config() with { TargetModules = TargetModules.List("lm_head") }, _model, 1)) named.Adapters.Single().Linear.ShouldBe(_model.Head);
        using LoraMethod all = LoraMethod.Create(Config() with { TargetModules = TargetModules.Matching("all-linear") }, _model, 1);
        all.Adapters.ShouldAllBe(adapter => adapter.Linear != _model.Head);
    }

    [Fact]
    public void Create_AllLinear_WritesTheResolvedNames()
    {
        using LoraMethod method = LoraMethod.Create(Config() with { TargetModules = TargetModules.Matching("all-linear") }, _model, 1);
        method.Config.TargetModules.Names.ShouldBe(["layers.0.q_proj", "layers.0.k_proj", "layers.1.q_proj", "layers.1.k_proj"]);
    }

    private static LoraConfig Config() => new() { Rank = 2, Alpha = 4, TargetModules = TargetModules.List("q_proj"), BaseModel = "the-base" };

    private static TunableModel Model(int width)
    {
        manual_seed(3);
        Linear New(string name, bool bias) => new(name, new Parameter(name + ".weight", randn(width, width)), bias ? new Parameter(name + ".bias", randn(width)) : null);
        Linear[] linears = [New("layers.0.q_proj", true), New("layers.0.k_proj", true), New("layers.1.q_proj", true), New("layers.1.k_proj", false), New("lm_head", false)];
        return new TunableModel(linears[..^1], [.. linears.SelectMany(linear => linear.Bias is null ? (Parameter[])[linear.Weight] : [linear.Weight, linear.Bias])], linears[^1]);
    }

    private static void Randomise(LoraMethod method)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Parameter parameter in method.Trained) parameter.Value.copy_(randn(parameter.Value.shape));
    }

    private void SaveRandomAdapter()
    {
        using LoraMethod method = LoraMethod.Create(Config(), _model, seed: 1);
        Randomise(method);
        AdapterFolder.Write(_folder, method.ToAdapter().Config, method.ToAdapter().Tensors);
    }

    private void EditConfig(Action<JsonObject> edit)
    {
        string path = Path.Combine(_folder, "adapter_config.json");
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    /// <summary>All linears one after another.</summary>
    private float[] Output()
    {
        using DisposeScope scope = NewDisposeScope();
        using var workspace = new Workspace();
        using var tape = new Tape(workspace, recording: false);
        Var x = tape.Leaf(linspace(-1, 1, 2 * _model.Head!.In).reshape(2, _model.Head.In));
        foreach (Linear linear in (Linear[])[.. _model.Linears, _model.Head]) x = linear.Forward(tape, x);
        return x.Data.data<float>().ToArray();
    }

    public void Dispose()
    {
        foreach (Parameter parameter in _model.Parameters) parameter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
