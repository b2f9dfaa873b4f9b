using TuneSharp.Evaluation.Losses;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training;
using TuneSharp.Models;
using TuneSharp.Peft;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>adapters/NAME: the adapter that the recorded run ended with gives, on the base, the loss that the run recorded.</summary>
internal static class AdapterCases
{
    public static GoldenCase Of(string folder, string adapter)
    {
        string name = Path.GetFileName(adapter), path = Path.Combine(folder, "runs", name + ".json");
        if (!File.Exists(path)) return ClassifierCases.OfAdapter(folder, adapter);
        RecordedRun run = RecordedRun.Read(path);
        string? model = RecordedModel.Find(run.ModelName, run.Folder);
        return new GoldenCase($"adapters/{name}", () => model is null ? GoldenResult.Equal(false, $"The model {run.ModelName} is not here.") : Compare(run, model, adapter))
        { Quick = run.ModelName.StartsWith("stories", StringComparison.OrdinalIgnoreCase) };
    }

    private static GoldenResult Compare(RecordedRun run, string modelFolder, string adapter)
    {
        using ICausalLm model = RecordedModel.Load(modelFolder);
        using ITuningMethod method = PeftCatalog.LoadAdapter(adapter, model.Tunable);
        return GoldenResult.All(
        [
            RunComparison.Loss(CorpusLoss.Measure(model, run.Eval), run.Json.GetProperty("eval_after"), "with the adapter"),
            RunComparison.Norms(run, method.Trained.ToDictionary(parameter => RecordedRun.PlainName(parameter.Name), parameter => parameter.Value.to(TorchSharp.torch.ScalarType.Float64).norm().item<double>())),
        ]);
    }
}
