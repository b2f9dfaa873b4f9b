using System.Text.Json.Nodes;
using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Heads;
using TuneSharp.Models.Weights;
using static TorchSharp.torch;

namespace TuneSharp.Models;

/// <summary>Transformers with the head of a task: from a checkpoint that holds it, or with a new one on any checkpoint of the family.</summary>
internal static class HeadPlans
{
    public static BuildModel<ICausalLm> CausalLmOf(ModelFamily family, HfConfig config) =>
        family.CausalLm ?? throw config.Wrong("model_type", "It is an encoder, which predicts no next token.", "Use it for classification, or take a decoder such as llama or qwen2.");

    public static BuildModel<ISequenceClassifier> ClassifierOf(ModelFamily family, HfConfig config) =>
        family.Classifier ?? throw config.Wrong("model_type", "Classifiers of this family cannot be built.", "Use another model, such as bert, roberta, distilbert, llama or qwen2.");

    public static BuildModel<IMaskedLm> MaskedLmOf(ModelFamily family, HfConfig config) =>
        family.MaskedLm ?? throw config.Wrong("model_type", "It predicts the next token and fills no gaps.", "Use an encoder, such as bert, roberta or distilbert.");

    /// <summary>A config.json that says what the head says.</summary>
    public static HfConfig ClassifierConfig(ModelFamily family, HfConfig config, NewHead head) =>
        new ClassifierLabels(head.Labels, head.Problem).In(WithPadding(config, head.PaddingId), TaskSizes.ClassifierOf(family));

    public static LoadPlan<ICausalLm> CausalLm(ModelFamily family, HfConfig config, IStoredTensors stored)
    {
        BuildModel<ICausalLm> build = CausalLmOf(family, config);
        var tensors = new TaskTensors(stored, family.Checkpoint, family.Checkpoint.CausalLm);
        return new LoadPlan<ICausalLm>(config, build, tensors) { Warnings = tensors.Warnings };
    }

    public static LoadPlan<ISequenceClassifier> Classifier(ModelFamily family, HfConfig config, IStoredTensors stored, NewHead? head)
    {
        BuildModel<ISequenceClassifier> build = ClassifierOf(family, config);
        CheckpointNames names = family.Checkpoint;
        var tensors = new TaskTensors(stored, names, names.Classifier);
        bool trained = tensors.Names.Any(SequenceClassifier.IsTaskModule);
        if (trained) return new LoadPlan<ISequenceClassifier>(head is null ? config : Renamed(family, config, head), build, tensors) { Warnings = tensors.Warnings };
        if (head is null)
        {
            throw new InvalidInputException("The checkpoint has no classification head.", stored.Path,
                "Train one on rows with labels, or use a model whose config.json names a class that ends in ForSequenceClassification.");
        }
        return new LoadPlan<ISequenceClassifier>(ClassifierConfig(family, config, head), build, tensors)
        {
            Around = weights => new WeightsWithNewHead(weights, new RandomWeights(head.Seed, config.GetDouble("initializer_range", 0, 10, 0.02), ScalarType.Float32), IsNew),
            Warnings = [.. tensors.Warnings, .. MissingBelowBody()],
        };

        bool IsNew(string name) => names.Classifier.Any(part => name.StartsWith(part, StringComparison.Ordinal)) && tensors.ShapeOf(name) is null;

        IEnumerable<string> MissingBelowBody() =>
            from part in names.Classifier
            where part.StartsWith(names.Body + ".", StringComparison.Ordinal) && !tensors.Names.Any(name => name.StartsWith(part, StringComparison.Ordinal))
            select $"The checkpoint has no {part.TrimEnd('.')}; like the classifier it starts from random numbers and is trained.";
    }

    public static LoadPlan<IMaskedLm> MaskedLm(ModelFamily family, HfConfig config, IStoredTensors stored)
    {
        BuildModel<IMaskedLm> build = MaskedLmOf(family, config);
        var tensors = new TaskTensors(stored, family.Checkpoint, family.Checkpoint.MaskedLm);
        if (!tensors.Names.Any(name => family.Checkpoint.MaskedLm.Any(part => name.StartsWith(part, StringComparison.Ordinal))))
            throw new InvalidInputException("The checkpoint has no head that fills gaps.", stored.Path, $"Use a model whose config.json names {TaskSizes.MaskedLmOf(family)} or {family.ClassName}ForPreTraining.");
        if (!config.IsMaskedLm())
        {
            JsonObject json = config.Json.DeepClone().AsObject();
            json["architectures"] = new JsonArray(TaskSizes.MaskedLmOf(family));
            config = HfConfig.Parse(json.ToJsonString(), config.Where);
        }
        return new LoadPlan<IMaskedLm>(config, build, tensors) { Warnings = tensors.Warnings };
    }

    /// <summary>The checkpoint's own head must know what is asked for: the same labels in its own order, or as many where nobody named them.</summary>
    private static HfConfig Renamed(ModelFamily family, HfConfig config, NewHead head)
    {
        ClassifierLabels known = ClassifierLabels.Read(config);
        bool sameProblem = known.Problem == head.Problem || (config.GetString("problem_type") is null && known.Names.Count > 1);
        bool sameLabels = known.Names.Count == head.Labels.Count && (known.AreUnnamed || known.Names.Order(StringComparer.Ordinal).SequenceEqual(head.Labels.Order(StringComparer.Ordinal), StringComparer.Ordinal));
        if (sameProblem && sameLabels) return ClassifierConfig(family, config, head with { Labels = known.AreUnnamed ? head.Labels : known.Names });
        throw new InvalidInputException(
            $"The checkpoint's head was trained for {Described(known.Problem, known.Names)}, and what is asked for is {Described(head.Problem, head.Labels)}.", config.Where,
            "Use the same labels, or start from the model that this one was trained from.");
    }

    private static string Described(ProblemType problem, IReadOnlyList<string> labels) =>
        $"{problem.Name()} with {string.Join(", ", labels.Take(10).Select(Quoted.Text))}{(labels.Count > 10 ? $" and {labels.Count - 10} more" : "")}";

    private static HfConfig WithPadding(HfConfig config, int? paddingId)
    {
        if (paddingId is null || config.Has("pad_token_id")) return config;
        JsonObject json = config.Json.DeepClone().AsObject();
        json["pad_token_id"] = paddingId;
        return HfConfig.Parse(json.ToJsonString(), config.Where);
    }
}
