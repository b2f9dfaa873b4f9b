using TorchSharp;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Application.Workers;
using TuneSharp.Models;
using TuneSharp.Nn.Runtime;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Recipes;

namespace TuneSharp.Application.Pretraining;

/// <summary>One worker's work on a pre-training run: a model with random weights, texts, the same loop.</summary>
internal static class PretrainWork
{
    public static void Execute(RunSession session, TimeProvider clock)
    {
        TorchRuntime.EnsureLoaded();
        PretrainingRequest request = RecipeBinder.Bind<PretrainingRequest>(RecipeYaml.Load(session.Run.ResolvedRecipe), []).Request;
        request.Validate();
        torch.set_num_threads(request.Run.Threads ?? Environment.ProcessorCount);
        PretrainingInputs inputs = PretrainingInputs.Load(request);
        var training = new TrainingSession(session, clock);
        using (ICausalLm untrained = ModelCatalog.CreateRandom(inputs.Config, request.Training.Seed)) training.RecordManifest(inputs.Files, untrained, request.Training.Seed);
        session.Log(new Prepared(inputs.Train.Count, inputs.Validation.Count, 0, inputs.Train.Max(example => example.Length), "float32", "float32", torch.get_num_threads(), inputs.Report));
        torch.ScalarType storage = Enum.Parse<torch.ScalarType>(request.Pretrain.WeightsDtype, ignoreCase: true);
        training.Run(Train, "model");

        Finished Train(string? resumeFrom, Action<TrainEvent> report, Func<RunRequest> poll)
        {
            (Finished finished, ICausalLm model) = PretrainRecipe.Run(new PretrainRequest
            {
                Config = inputs.Config,
                Training = request.Training,
                Train = inputs.Train,
                Validation = inputs.Validation,
                CheckpointsFolder = session.Run.Checkpoints,
                ResultFolder = session.Run.Model,
                ResumeFrom = resumeFrom,
                Report = report,
                Poll = poll,
                Clock = clock,
                ResultType = storage,
                AddToResult = inputs.Tokenizer.Save,
            });
            model.Dispose();
            return finished;
        }
    }
}
