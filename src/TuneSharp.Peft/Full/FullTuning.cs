using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.Full;

/// <summary>Full fine-tuning, and pre-training: every parameter of the model is trained, and the result is the model.</summary>
public sealed class FullTuning(TunableModel model) : ITuningMethod
{
    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "full",
        Description = "All parameters of the model.",
        Chinese = "模型的全部参数。",
        When = "small models, much data, much new knowledge, and memory to spare",
        WhenChinese = "小模型、大量数据、需要学习大量新知识，且内存充足",
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

    public string Name => "full";

    public IReadOnlyList<Parameter> Trained { get; } = model.Parameters;

    public bool Attached => true;

    public void Attach()
    {
    }

    public void Detach() => throw new NotSupportedException("Full fine-tuning changes the model itself.");

    public AdapterContents? ToAdapter() => null;

    public void Read(AdapterFolder folder) => throw new NotSupportedException("Full fine-tuning has no adapter; its weights are the model's.");

    public void Dispose()
    {
        foreach (Parameter parameter in Trained)
        {
            parameter.Trained = false;
            parameter.FreeGrad();
        }
    }
}
