using TuneSharp.Application.Recipes;
using TuneSharp.Data;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Recipes;
using TuneSharp.Training.Settings;

namespace TuneSharp.Peft.Tests.Contract.OwnMethod;

/// <summary>A method is three files and a registration: recipes know its keys, it is trained, saved, loaded, without an edit elsewhere.</summary>
public sealed class OwnMethodTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-own-").FullName;

    static OwnMethodTests() => PeftCatalog.Register(GainMethod.Entry);

    /// <summary>What a kind of run asks for.</summary>
    public sealed record Request
    {
        public MethodSettings Method { get; init; } = new();

        public TrainingSettings Training { get; init; } = new();
    }

    [Fact]
    public void OwnMethod_FromARecipe_IsTrainedSavedAndLoaded()
    {
        Request request = RecipeBinder.Bind<Request>(RecipeYaml.Parse("method: gain\ngain_modules: [o_proj, down_proj]\nlearning_rate: 0.05\nnum_train_epochs: 4\nper_device_train_batch_size: 4\n", "test"), []).Request;
        request.Method.Validate();
        ((GainSettings)request.Method.Options!).GainModules.ShouldBe(["o_proj", "down_proj"]);

        using ICausalLm model = ModelCatalog.CreateRandom(HfConfig.Parse("""
            {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 32, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4,
             "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "hidden_act": "silu", "rope_theta": 10000.0, "tie_word_embeddings": false, "initializer_range": 0.3}
            """, "test"), 1);
        int[] row = [1, 5, 9, 17, 30];
        var losses = new List<double>();
        string adapter = Path.Combine(_folder, "adapter");
        SftOutcome outcome = SftRecipe.Run(new SftRequest
        {
            Model = model,
            BaseModel = "own-base",
            Method = request.Method,
            Training = request.Training,
            Train = [.. Enumerable.Repeat(new TrainingExample(row, row), 8)],
            CheckpointsFolder = Path.Combine(_folder, "checkpoints"),
            ResultFolder = adapter,
            Report = e => { if (e is StepCompleted step) losses.Add(step.Loss); },
        });
        losses[^1].ShouldBeLessThan(losses[0]);
        float[] trained = outcome.Method.Trained[0].Value.data<float>().ToArray();
        trained.Distinct().Count().ShouldBeGreaterThan(1);
        outcome.Method.Dispose();

        using ITuningMethod loaded = PeftCatalog.LoadAdapter(adapter, model.Tunable);
        loaded.ShouldBeOfType<GainMethod>();
        loaded.Trained[0].Value.data<float>().ToArray().ShouldBe(trained);
        loaded.Trained.Count.ShouldBe(4);
    }

    [Fact]
    public void OwnMethod_KeyOfAnotherMethod_IsRefused() =>
        Should.Throw<Formats.InvalidInputException>(() => RecipeBinder.Bind<Request>(RecipeYaml.Parse("method: lora\ngain_modules: [o_proj]\n", "test"), [])).Message.ShouldContain("gain");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
