using System.Text.Json;
using TorchSharp;
using TuneSharp.Application.Pretraining;
using TuneSharp.Application.Recipes;
using TuneSharp.Data.Corpus.SmallWorld;
using TuneSharp.Nn.Runtime;
using TuneSharp.Tokenizers;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Recipes;

namespace TuneSharp.Application.Tests.EmbeddedModel;

/// <summary>The recipe that made the embedded model still makes it.</summary>
public class PretrainingRecipeTests
{
    /// <summary>Another processor adds in another order; over 50 steps at this rate that moves a loss by far less than this.</summary>
    private const double RelativeTolerance = 0.02;

    private static readonly Lazy<PretrainingInputs> Inputs = new(() => PretrainingInputs.Load(Request()));

    private static PretrainingRequest Request()
    {
        var request = RecipeBinder.Bind<PretrainingRequest>(RecipeYaml.Load(Repository.PathOf("recipes", "tunesharp-mini.pretrain.yaml")), []).Request;
        request.Validate();
        return request with { Pretrain = request.Pretrain with { ModelConfig = Repository.PathOf(request.Pretrain.ModelConfig!) } };
    }

    [Fact]
    public void The_recipe_trains_on_the_corpus_of_the_model_card()
    {
        Inputs.Value.Train.Count.ShouldBe(PretrainingCorpus.Options.NumDocuments);
        File.ReadAllText(Path.Combine(Repository.Model, "README.md")).ShouldContain(PretrainingCorpus.Sha256);
    }

    [Fact]
    public void Its_tokenizer_is_that_of_the_embedded_model()
    {
        using var folder = new TemporaryHome();
        Inputs.Value.Tokenizer.Save(folder.Home.Path);

        foreach (string name in (string[])["tokenizer.json", "tokenizer_config.json"])
            File.ReadAllText(Path.Combine(folder.Home.Path, name)).ShouldBe(File.ReadAllText(Path.Combine(Repository.Model, name)), name);
    }

    [Fact]
    public void Its_first_fifty_steps_have_the_recorded_losses()
    {
        double[] recorded = JsonSerializer.Deserialize<double[]>(File.ReadAllText(Path.Combine(Repository.Model, "first-losses.json")))!;
        var losses = new List<double>();
        using var folder = new TemporaryHome();
        TorchRuntime.EnsureLoaded();
        int threads = torch.get_num_threads();
        torch.set_num_threads(1);
        try
        {
            var (_, model) = PretrainRecipe.Run(new PretrainRequest
            {
                Config = Inputs.Value.Config,
                Training = Request().Training,
                Train = Inputs.Value.Train,
                CheckpointsFolder = Path.Combine(folder.Home.Path, "checkpoints"),
                ResultFolder = Path.Combine(folder.Home.Path, "model"),
                Report = e => { if (e is StepCompleted step) losses.Add(step.Loss); },
                Poll = () => losses.Count < recorded.Length ? RunRequest.None : RunRequest.Pause,
            });
            model.Dispose();
        }
        finally
        {
            torch.set_num_threads(threads);
        }

        recorded.Length.ShouldBe(50);
        losses.Count.ShouldBe(50);
        for (int i = 0; i < 50; i++)
            losses[i].ShouldBe(recorded[i], RelativeTolerance * recorded[i], $"step {i + 1}");
    }
}
