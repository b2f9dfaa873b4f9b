using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Weights;

namespace TuneSharp.Models;

/// <summary>How a model is made of what lies on disk.</summary>
/// <param name="Config">What the model is to be; with a new head not quite the file's.</param>
/// <param name="Build">Makes it.</param>
/// <param name="Stored">The tensors under the names that the model asks for.</param>
internal sealed record LoadPlan<TModel>(HfConfig Config, BuildModel<TModel> Build, IStoredTensors Stored)
    where TModel : IModel
{
    /// <summary>Where weights come from that <see cref="Stored"/> does not hold.</summary>
    public Func<IWeightSource, IWeightSource> Around { get; init; } = weights => weights;

    public IReadOnlyList<string> Warnings { get; init; } = [];
}
