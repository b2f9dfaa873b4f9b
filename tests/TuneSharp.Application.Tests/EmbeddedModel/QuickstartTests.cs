using TorchSharp;
using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Measuring;
using TuneSharp.Application.Models;
using TuneSharp.Application.Recipes;
using TuneSharp.Data;
using TuneSharp.Data.Corpus;
using TuneSharp.Models.Settings;
using TuneSharp.Training.Recipes;

namespace TuneSharp.Application.Tests.EmbeddedModel;

/// <summary>What the quickstart promises, measured; and the control that shows that it is learnt from the rows.</summary>
public class QuickstartTests
{
    [Fact]
    public void Fine_tuning_teaches_the_house_style_and_the_base_does_not_know_it()
    {
        var (before, after) = Measure(Recipe(), examples => examples);

        TestContext.Current.SendDiagnosticMessage($"exact match {before:P0} -> {after:P0}");
        before.ShouldBeLessThanOrEqualTo(0.10);
        after.ShouldBeGreaterThanOrEqualTo(0.60);
    }

    // The same rows, the same steps, but every answer belongs to another question: the form can be learnt, the facts cannot.
    [Fact]
    [Trait("Speed", "slow")]
    public void Shuffled_answers_teach_nothing()
    {
        var (before, after) = Measure(Recipe(), WithShuffledAnswers);

        TestContext.Current.SendDiagnosticMessage($"control with shuffled answers: exact match {before:P0} -> {after:P0}");
        after.ShouldBeLessThanOrEqualTo(0.10);
    }

    private static FineTuneRequest Recipe()
    {
        var request = RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Load(Repository.PathOf("recipes", "quickstart.lora.yaml")), []).Request;
        request.Validate();
        return request with
        {
            Model = request.Model with { ModelNameOrPath = Repository.PathOf(request.Model.ModelNameOrPath!) },
            Data = request.Data with { Dataset = Repository.PathOf(request.Data.Dataset!), ValidationFile = Repository.PathOf(request.Data.ValidationFile!) },
        };
    }

    private static (double Before, double After) Measure(FineTuneRequest request, Func<IReadOnlyList<TrainingExample>, IReadOnlyList<TrainingExample>> change)
    {
        using var folder = new TemporaryHome();
        var reference = new ModelReference("tunesharp-mini", request.Model.ModelNameOrPath!, null);
        using var loaded = LoadedModel.Load(reference, new ModelSettings(), threads: 1);
        var evaluation = new EvaluationRequest(new DataSettings { Dataset = request.Data.ValidationFile }, MaxNewTokens: 48, Threads: 1);
        var rows = EvaluateModels.ReadRows(evaluation.Data);
        double before = ExactMatch();
        var inputs = FineTuneInputs.Load(request, TimeProvider.System);
        var outcome = SftRecipe.Run(new SftRequest
        {
            Model = loaded.Model,
            Method = request.Method,
            Training = request.Training,
            Train = change(inputs.Data.Train),
            CheckpointsFolder = Path.Combine(folder.Home.Path, "checkpoints"),
            ResultFolder = Path.Combine(folder.Home.Path, "adapter"),
            Report = _ => { },
        });
        double after = ExactMatch();
        outcome.Method.Dispose();
        return (before, after);

        double ExactMatch() => new EvaluateModels(TimeProvider.System).Execute(loaded, rows, evaluation).ExactMatch!.Value;
    }

    private static IReadOnlyList<TrainingExample> WithShuffledAnswers(IReadOnlyList<TrainingExample> examples)
    {
        var answers = examples.Select(e => e.InputIds[FirstLabel(e)..]).ToList();
        new Pcg32(1, 1).Shuffle(answers);
        return [.. examples.Select((example, i) =>
        {
            int[] question = example.InputIds[..FirstLabel(example)];
            return new TrainingExample([.. question, .. answers[i]], [.. question.Select(_ => TrainingExample.Ignored), .. answers[i]]);
        })];

        static int FirstLabel(TrainingExample example) => Array.FindIndex(example.Labels, label => label != TrainingExample.Ignored);
    }
}
