using System.Text.Json.Nodes;
using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Evaluation.Classification;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Inference.Classification;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Recipes;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>What a classifier says of the recorded validation rows.</summary>
internal sealed record ClassifierEvaluation(ClassifierScores Scores, IReadOnlyList<float[]> Logits)
{
    public double this[string name] => Scores.Numbers.Single(number => number.Number.Name == name).Value;
}

/// <summary>Repeats a recorded classification run with the product's own recipe: the rows in recorded order, first values from the formula.</summary>
internal sealed class ClassifierReplay
{
    /// <summary>Of matrices: classifier weights, and every one of a model that starts from the formula.</summary>
    private static readonly double s_bound = 0.02 * Math.Sqrt(3);

    private readonly List<StepCompleted> _steps = [];

    private ClassifierReplay()
    {
    }

    public IReadOnlyList<StepCompleted> Steps => _steps;

    public ClassifierEvaluation? EvalBefore { get; private set; }

    public ClassifierEvaluation? EvalAfter { get; private set; }

    /// <summary>2-norm of every trained tensor after the run, by its plain name.</summary>
    public IReadOnlyDictionary<string, double> Norms { get; private set; } = new Dictionary<string, double>();

    public static ClassifierReplay FirstSteps(RecordedClassifierRun run, string? modelFolder, int count)
    {
        var replay = new ClassifierReplay();
        string work = Directory.CreateTempSubdirectory("tunesharp-replay-").FullName;
        using ISequenceClassifier model = Load(run, modelFolder);
        try
        {
            replay.Train(run, model, work, count).Dispose();
        }
        catch (EnoughSteps)
        {
            // A checkpoint of a whole model would be written for nothing.
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
        return replay;
    }

    /// <summary>Measures, trains to the end, measures again.</summary>
    public static ClassifierReplay Whole(RecordedClassifierRun run, string? modelFolder)
    {
        var replay = new ClassifierReplay();
        string work = Directory.CreateTempSubdirectory("tunesharp-replay-").FullName;
        using ISequenceClassifier model = Load(run, modelFolder);
        try
        {
            replay.EvalBefore = Measure(model, run.Eval);
            using ITuningMethod method = replay.Train(run, model, work, int.MaxValue);
            Round(method.Trained);
            replay.Norms = NormsOf(method);
            replay.EvalAfter = Measure(model, run.Eval);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
        return replay;
    }

    /// <summary>Nothing is trained: the adapter that the recorded run ended with, on the base.</summary>
    public static ClassifierReplay WithAdapter(RecordedClassifierRun run, string modelFolder, string adapter)
    {
        using ISequenceClassifier model = Load(run, modelFolder);
        using ITuningMethod method = PeftCatalog.LoadAdapter(adapter, model.Tunable);
        return new ClassifierReplay { Norms = NormsOf(method), EvalAfter = Measure(model, run.Eval) };
    }

    private static Dictionary<string, double> NormsOf(ITuningMethod method) =>
        method.Trained.ToDictionary(parameter => RecordedRun.PlainName(parameter.Name), parameter => parameter.Value.to(torch.ScalarType.Float64).norm().item<double>());

    private static ISequenceClassifier Load(RecordedClassifierRun run, string? folder)
    {
        ISequenceClassifier model;
        if (folder is not null)
        {
            model = ModelCatalog.LoadClassifier(folder, new ModelSettings { WeightsDtype = "float32", ComputeDtype = "float32" }, new NewHead(run.Labels));
            Round(model.Parameters);
            Fill(model.Parameters.Where(parameter => parameter.Name.StartsWith("classifier.", StringComparison.Ordinal)), run.Run.Seed);
            return model;
        }

        JsonObject config = JsonNode.Parse(run.FormulaConfig!.Value.GetRawText())!.AsObject();
        config["model_type"] ??= "bert";
        config["architectures"] ??= new JsonArray("BertModel");
        model = ModelCatalog.CreateRandomClassifier(ModelCatalog.ClassifierConfig(HfConfig.Parse(config.ToJsonString(), run.Run.Name), new NewHead(run.Labels)), run.Run.Seed);
        Fill(model.Parameters, run.Run.Seed);
        return model;
    }

    private ITuningMethod Train(RecordedClassifierRun run, ISequenceClassifier model, string work, int mostSteps)
    {
        MethodSettings method = run.Method;
        if (method.Method == "lora") method = method with { InitAdapter = FirstAdapter(run, model, method, Path.Combine(work, "first")) };
        return ClassificationRecipe.Run(new ClassificationRequest
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

    private static string FirstAdapter(RecordedClassifierRun run, ISequenceClassifier model, MethodSettings settings, string folder)
    {
        using var method = (LoraMethod)PeftCatalog.CreateForTraining(settings, model.Tunable, run.Run.Seed, run.Run.ModelName);
        foreach (LoraAdapter adapter in method.Adapters) FormulaValues.FillLoraA(adapter.A, run.Run.Seed);
        AdapterContents contents = method.ToAdapter()!;
        AdapterFolder.Write(Directory.CreateDirectory(folder).FullName, contents.Config, contents.Tensors);
        return folder;
    }

    private static ClassifierEvaluation Measure(ISequenceClassifier model, TrainingExample[] rows)
    {
        using var classifier = new RowClassifier(model);
        float[][] logits = classifier.Logits([.. rows.Select(row => new EncodedText(row.InputIds, null))]);
        return new ClassifierEvaluation(ClassifierScores.Of(model.Problem, model.LabelNames, logits, [.. rows.Select(row => row.Targets!)]), logits);
    }

    // Matrices from the formula; norms begin as 1, biases as 0.
    private static void Fill(IEnumerable<Parameter> parameters, long seed)
    {
        using var off = torch.no_grad();
        foreach (Parameter parameter in parameters)
        {
            if (parameter.Value.dim() < 2)
            {
                parameter.Value.fill_(parameter.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? 1 : 0);
                continue;
            }
            using torch.Tensor values = torch.tensor(FormulaValues.Of(parameter.Name, seed, s_bound, parameter.NumElements));
            parameter.Value.copy_(values.view(parameter.Value.shape));
        }
    }

    private static void Round(IEnumerable<Parameter> parameters)
    {
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        foreach (Parameter parameter in parameters) parameter.Value.copy_(parameter.Value.to(torch.ScalarType.Float16));
    }

    private sealed class EnoughSteps : Exception;
}
