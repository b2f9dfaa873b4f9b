using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Estimates;

namespace TuneSharp.Application.Planning;

/// <summary>A tuning method on a model.</summary>
/// <param name="Name">The key in `method`.</param>
/// <param name="Description">What is trained: English, then Chinese.</param>
/// <param name="When">When to prefer it: English, then Chinese.</param>
/// <param name="NumTrained">Trained parameters with the method's defaults; null: its defaults fit nothing in this model.</param>
/// <param name="TrainedShare">Of all parameters, 0 … 1.</param>
/// <param name="MemoryBytes">Of training with <see cref="ListMethods.Tokens"/> tokens a step.</param>
/// <param name="RelativeSpeed">Steps in the time of one step of full tuning, by counting operations.</param>
/// <param name="CanMerge">It can become part of the weights.</param>
/// <param name="MakesAdapter">The result is a small folder beside the base instead of a model.</param>
public sealed record MethodOnModel(string Name, string Description, string DescriptionChinese, string When, string WhenChinese,
    long? NumTrained, double? TrainedShare, long? MemoryBytes, double? RelativeSpeed, bool CanMerge, bool MakesAdapter);

/// <param name="Model">What the numbers are for.</param>
/// <param name="NumParameters">Of that model.</param>
/// <param name="Weights">How its weights are kept in memory.</param>
public sealed record MethodTable(string Model, long NumParameters, string Weights, IReadOnlyList<MethodOnModel> Methods);

/// <summary>All tuning methods with what they take on a model: <c>tunesharp methods</c>.</summary>
public static class ListMethods
{
    /// <summary>Tokens of a step for which memory is told.</summary>
    public const int Tokens = 1024;

    /// <summary>The shape for which numbers are told if no model is named: Llama 2 7B.</summary>
    private const string UsualModel = """
        {"model_type": "llama", "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
         "num_attention_heads": 32, "num_key_value_heads": 32, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5}
        """;

    /// <param name="modelFolder">A folder in Hugging Face layout or a GGUF file; null: a model of 7 billion parameters.</param>
    /// <exception cref="InvalidInputException">The model's config cannot be read.</exception>
    public static MethodTable Execute(string? modelFolder)
    {
        HfConfig config = modelFolder is null ? HfConfig.Parse(UsualModel, "config.json") : ModelCatalog.ReadConfig(modelFolder);
        ModelSizes sizes = ModelCatalog.SizesOf(config);
        double full = StepTimeEstimator.Operations(sizes, new MethodSettings { Method = "full" }, Tokens, Tokens, recomputeBlocks: false);
        return new MethodTable(modelFolder ?? "Llama 2 7B", sizes.NumParameters, "bfloat16", [.. PeftCatalog.Entries.Select(entry => On(entry, config, sizes, full))]);
    }

    private static MethodOnModel On(TuningMethodEntry entry, HfConfig config, ModelSizes sizes, double fullOperations)
    {
        var settings = new MethodSettings { Method = entry.Name };
        long? trained = null, memory = null;
        double? speed = null;
        try
        {
            trained = PeftCatalog.FootprintOf(settings, sizes).NumTrained;
            memory = MemoryEstimator.ForTraining(config, settings, torch.ScalarType.BFloat16, torch.ScalarType.Float32, Tokens, recomputeBlocks: false).Total;
            speed = fullOperations / StepTimeEstimator.Operations(sizes, settings, Tokens, Tokens, recomputeBlocks: false);
        }
        catch (InvalidInputException)
        {
            // The method's usual target modules have other names in this family: the table says so by an empty cell.
        }
        return new MethodOnModel(entry.Name, entry.Description, entry.Chinese, entry.When, entry.WhenChinese, trained, (double?)trained / sizes.NumParameters, memory, speed, entry.CanMerge, entry.PeftType is not null);
    }
}
