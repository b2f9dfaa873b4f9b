using TuneSharp.Nn;
using TuneSharp.Peft.InModel;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.Full;

/// <summary>Full fine-tuning, and pre-training: every parameter of the model is trained, and the result is the model.</summary>
public sealed class FullTuning(TunableModel model) : InModelTuning("full", model, model.Parameters)
{
    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "full",
        Description = "All parameters of the model.",
        Chinese = "模型的全部参数。",
        When = "Small models, many rows, much new knowledge, and memory to spare.",
        WhenChinese = "小模型、数据多、需要学习大量新知识，且内存充足。",
        NewOptions = () => new NoOptions(),
        Create = request => new FullTuning(request.Model),
        Footprint = (_, sizes) => new MethodFootprint(ShapesOf(sizes)) { KeptPerToken = sizes.Linears.ToDictionary(linear => linear.Name, _ => 0) },
    };

    /// <summary>The matrices of the blocks; whatever else there is as one table of the model's width.</summary>
    private static IReadOnlyList<long[]> ShapesOf(ModelSizes sizes)
    {
        long[][] matrices = [.. sizes.Linears.Select(linear => (long[])[linear.Out, linear.In])];
        return [.. matrices, [(sizes.NumParameters - matrices.Sum(shape => shape[0] * shape[1])) / sizes.Shape.HiddenSize, sizes.Shape.HiddenSize]];
    }
}
