using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models;

/// <summary>Makes a model of a family from its config.json.</summary>
/// <param name="config">The whole file.</param>
/// <param name="weights">Asked for every weight once.</param>
/// <param name="computeType">Type of the values.</param>
/// <param name="warnings">Becomes the model's <see cref="IModel.Warnings"/>; more may be added later.</param>
public delegate TModel BuildModel<out TModel>(HfConfig config, IWeightSource weights, ScalarType computeType, IReadOnlyList<string> warnings)
    where TModel : IModel;

/// <summary>One family of models; <see cref="ModelCatalog"/> lists them.</summary>
/// <param name="ModelType">model_type of config.json.</param>
/// <param name="SizesOf">How large such a model is, from its config alone.</param>
public sealed record ModelFamily(string ModelType, Func<HfConfig, ModelSizes> SizesOf)
{
    /// <summary>Begin of the library's class names, as in "Bert" of BertForMaskedLM.</summary>
    public string ClassName { get; init; } = "";

    /// <summary>What the parts of a checkpoint are called.</summary>
    public CheckpointNames Checkpoint { get; init; } = new("model");

    /// <summary>Null: the family predicts no next token.</summary>
    public BuildModel<ICausalLm>? CausalLm { get; init; }

    /// <summary>Null: no classifier of this family is known here.</summary>
    public BuildModel<ISequenceClassifier>? Classifier { get; init; }

    /// <summary>Null: the family fills no gaps.</summary>
    public BuildModel<IMaskedLm>? MaskedLm { get; init; }
}
