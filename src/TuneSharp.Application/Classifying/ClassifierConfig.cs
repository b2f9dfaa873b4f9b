using System.Text.Encodings.Web;
using System.Text.Json;
using TuneSharp.Data.Classification;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Heads;

namespace TuneSharp.Application.Classifying;

/// <summary>
/// What a config.json says about a classifier's head. An adapter of a classifier has such a file beside it: PEFT's own adapter_config.json
/// says nothing about classes.
/// </summary>
internal static class ClassifierConfig
{
    private static readonly JsonSerializerOptions s_form = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The head that a checkpoint brings; null: it has none.</summary>
    public static ExistingHead? HeadOf(HfConfig config) =>
        config.Architectures.Any(name => name.EndsWith("ForSequenceClassification", StringComparison.Ordinal)) ? new ExistingHead(ClassifierLabels.Read(config).Names, ProblemTypeNames.Parse(config.GetString("problem_type"))) : null;

    /// <summary>The head of an adapter: from the config.json beside it, else as many outputs without names as its classifier has; null: it is no classifier's.</summary>
    public static ExistingHead? HeadOf(AdapterFolder adapter)
    {
        if (adapter.Fields.GetString("task_type") != "SEQ_CLS") return null;
        if (File.Exists(Path.Combine(adapter.Path, HfConfig.FileName)) && HeadOf(HfConfig.Load(adapter.Path)) is { } head) return head;
        long? outputs = adapter.Weights.Tensors.FirstOrDefault(tensor => IsOutput(tensor.Key)).Value?.Shape[0];
        return outputs is { } count ? new ExistingHead(LabelSpace.Unnamed(checked((int)count)), null)
            : throw new InvalidInputException("The adapter is a classifier's and holds no head.", adapter.Path, "Train it again, or put the base model's config.json with id2label beside it.");
    }

    /// <summary>Puts the config of a trained classifier beside its adapter.</summary>
    public static void Write(string folder, HfConfig config) => AtomicFile.WriteText(Path.Combine(folder, HfConfig.FileName), config.Json.ToJsonString(s_form) + "\n");

    private static bool IsOutput(string name) => name.EndsWith("classifier.weight", StringComparison.Ordinal) || name.EndsWith("classifier.out_proj.weight", StringComparison.Ordinal) || name.EndsWith("score.weight", StringComparison.Ordinal);
}
