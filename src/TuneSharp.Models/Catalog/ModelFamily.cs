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
    /// <summary>Null: the family has no language-model head.</summary>
    public BuildModel<ICausalLm>? CausalLm { get; init; }
}
