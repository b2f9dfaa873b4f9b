using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Evaluation.Losses;
using TuneSharp.Formats.Adapters;
using TuneSharp.Golden.Topics.Training;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Recipes;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>
/// Repeats a recorded run with the product's own recipe: the rows in recorded order, a first adapter from the formula. What is measured
/// before and after stays here, the model does not.
/// </summary>
internal sealed class RunReplay
{
    private readonly List<StepCompleted> _steps = [];

    private RunReplay()
    {
    }

    public IReadOnlyList<StepCompleted> Steps => _steps;

    public CorpusLossResult? EvalBefore { get; private set; }

    public CorpusLossResult? EvalAfter { get; private set; }

    public CorpusLossResult? PlainBefore { get; private set; }

    public CorpusLossResult? PlainAfter { get; private set; }

    public IReadOnlyList<int[]> AnswersBefore { get; private set; } = [];

    public IReadOnlyList<int[]> AnswersAfter { get; private set; } = [];

    /// <summary>2-norm of every trained tensor after the run, by its plain name.</summary>
    public IReadOnlyDictionary<string, double> Norms { get; private set; } = new Dictionary<string, double>();

    /// <summary>The first steps alone, under the schedule of the whole run.</summary>
    public static RunReplay FirstSteps(RecordedRun run, string modelFolder, int count)
    {
        var replay = new RunReplay();
        using var work = new WorkFolder();
        using ICausalLm model = RecordedModel.Load(modelFolder, run.Model);
        try
        {
            replay.Train(run, model, work.Path, count).Dispose();
        }
        catch (EnoughSteps)
        {
            // The loop itself knows no such end: a checkpoint of a whole model would be written for nothing.
        }
        return replay;
    }

    /// <summary>Measures, trains to the end, measures again.</summary>
    public static RunReplay Whole(RecordedRun run, string modelFolder)
    {
        var replay = new RunReplay();
        var answers = new RunAnswers(run, modelFolder);
        using var work = new WorkFolder();
        using ICausalLm model = RecordedModel.Load(modelFolder, run.Model);
        replay.EvalBefore = CorpusLoss.Measure(model, run.Eval);
        if (run.Plain is { } plain) replay.PlainBefore = CorpusLoss.Measure(model, plain);
        replay.AnswersBefore = answers.Write(model);
        using ITuningMethod method = replay.Train(run, model, work.Path, int.MaxValue);
        Round(method.Trained);
        replay.Norms = method.Trained.ToDictionary(parameter => RecordedRun.PlainName(parameter.Name), parameter => parameter.Value.to(torch.ScalarType.Float64).norm().item<double>());
        replay.EvalAfter = CorpusLoss.Measure(model, run.Eval);
        if (run.Plain is { } again) replay.PlainAfter = CorpusLoss.Measure(model, again);
        replay.AnswersAfter = answers.Write(model);
        return replay;
    }

    private ITuningMethod Train(RecordedRun run, ICausalLm model, string work, int mostSteps)
    {
        MethodSettings method = run.Method;
        if (method.Method == "lora") method = method with { InitAdapter = FirstAdapter(run, model, method, Path.Combine(work, "first")) };
        return SftRecipe.Run(new SftRequest
        {
            Model = model,
            Method = method,
            Training = run.Training,
            Train = run.TrainInOrder(),
            CheckpointsFolder = Path.Combine(work, "checkpoints"),
            ResultFolder = Path.Combine(work, "result"),
            Report = e =>
            {
                if (e is not StepCompleted step) return;
                _steps.Add(step);
                if (_steps.Count == mostSteps) throw new EnoughSteps();
            },
        }).Method;
    }

    private static string FirstAdapter(RecordedRun run, ICausalLm model, MethodSettings settings, string folder)
    {
        using var method = (LoraMethod)PeftCatalog.CreateForTraining(settings, model.Tunable, run.Seed, run.ModelName);
        foreach (LoraAdapter adapter in method.Adapters) FormulaValues.FillLoraA(adapter.A, run.Seed);
        AdapterContents contents = method.ToAdapter()!;
        AdapterFolder.Write(Directory.CreateDirectory(folder).FullName, contents.Config, contents.Tensors);
        return folder;
    }

    // The recording rounded what was trained to float16 before it measured.
    private static void Round(IEnumerable<Parameter> trained)
    {
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        foreach (Parameter parameter in trained) parameter.Value.copy_(parameter.Value.to(torch.ScalarType.Float16));
    }

    private sealed class EnoughSteps : Exception;

    private sealed class WorkFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("tunesharp-replay-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
