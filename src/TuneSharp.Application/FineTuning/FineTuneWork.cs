using TorchSharp;
using TuneSharp.Application.Classifying;
using TuneSharp.Application.Machine;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Application.Workers;
using TuneSharp.Models;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Recipes;

namespace TuneSharp.Application.FineTuning;

/// <summary>One worker's work on a fine-tuning run: load model and rows, train, save adapter or model.</summary>
internal static class FineTuneWork
{
    public static void Execute(RunSession session, TimeProvider clock)
    {
        TorchRuntime.EnsureLoaded();
        FineTuneRequest request = RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Load(session.Run.ResolvedRecipe), []).Request;
        request.Validate();
        torch.set_num_threads(request.Run.Threads ?? Environment.ProcessorCount);
        var training = new TrainingSession(session, clock);
        FineTuneInputs inputs = FineTuneInputs.Load(request, training.StoppedClock, HomeFolder.Of(session.Run));
        long free = MachineMemory.Free();
        using IModel model = Load(request, inputs);
        foreach (string warning in model.Warnings) session.Log(new Warning(0, "model", warning));
        training.RecordManifest(inputs.Files, model, request.Training.Seed);
        session.Log(new Prepared(inputs.Data.Train.Count, inputs.Data.Validation.Count, inputs.Data.Test.Count, inputs.Data.MaxLength, TrainingSession.Name(model.ComputeType),
            TrainingSession.WeightsType(model), torch.get_num_threads(), inputs.Report));
        session.Log(new Estimated(RunMemory.Of(request, inputs.Data.Train, inputs.Config).Total, free, RunTime.Seconds(request, inputs.Data, model)));

        bool isAdapter = PeftCatalog.Find(request.Method.Method).PeftType is not null;
        string result = isAdapter ? "adapter" : "model";
        training.Run(Train, result);

        Finished Train(string? resumeFrom, Action<TrainEvent> report, Func<RunRequest> poll)
        {
            string folder = Path.Combine(session.Run.Path, result);
            SftOutcome outcome = model is ISequenceClassifier classifier
                ? ClassificationRecipe.Run(new ClassificationRequest
                {
                    Model = classifier,
                    BaseModel = request.Model.ModelNameOrPath,
                    Method = request.Method,
                    Tokenize = inputs.Tokenize,
                    Training = request.Training,
                    Train = inputs.Data.Train,
                    Validation = inputs.Data.Validation,
                    Metrics = (logits, targets) => TrainingMetrics.Of(inputs.Labels!, logits, targets),
                    MetricNames = TrainingMetrics.Names(inputs.Labels!),
                    CheckpointsFolder = session.Run.Checkpoints,
                    ResultFolder = folder,
                    ResumeFrom = resumeFrom,
                    Report = report,
                    Poll = poll,
                    Clock = clock,
                    AddToResult = into => inputs.Accompany(into, isAdapter, model.Config),
                })
                : SftRecipe.Run(new SftRequest
                {
                    Model = (ICausalLm)model,
                    BaseModel = request.Model.ModelNameOrPath,
                    Method = request.Method,
                    Tokenize = inputs.Tokenize,
                    Training = request.Training,
                    Train = inputs.Data.Train,
                    Validation = inputs.Data.Validation,
                    CheckpointsFolder = session.Run.Checkpoints,
                    ResultFolder = folder,
                    ResumeFrom = resumeFrom,
                    Report = report,
                    Poll = poll,
                    Clock = clock,
                    AddToResult = into => inputs.Accompany(into, isAdapter, model.Config),
                });
            outcome.Method.Dispose(); // takes the adapter off: after a pause a fresh one is loaded from the checkpoint
            return outcome.Finished;
        }
    }

    private static IModel Load(FineTuneRequest request, FineTuneInputs inputs) => inputs.Labels is not null
        ? ModelCatalog.LoadClassifier(request.Model.ModelNameOrPath!, request.Model, inputs.Head)
        : ModelCatalog.Load(request.Model.ModelNameOrPath!, request.Model);
}
