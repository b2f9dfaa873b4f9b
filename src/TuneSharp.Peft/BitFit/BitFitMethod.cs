using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Peft.InModel;
using TuneSharp.Peft.Replaced;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.BitFit;

/// <summary>BitFit (Ben Zaken et al. 2021, arXiv:2106.10199): the biases of the model, and a classifier's head, are trained.</summary>
internal sealed class BitFitMethod(TunableModel model) : InModelTuning("bitfit", model, TrainedOf(model))
{
    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "bitfit",
        Description = "The biases of the model; all else is frozen.",
        Chinese = "只训练模型的偏置，其余冻结。",
        When = "Encoders with few rows. Families without biases (Llama) have nothing to train.",
        WhenChinese = "数据少的编码器。没有偏置的模型族（如 Llama）无可训练之处。",
        NewOptions = () => new NoOptions(),
        Create = request => new BitFitMethod(request.Model),
        Footprint = (_, sizes) => FootprintOf(sizes),
    };

    private static Parameter[] TrainedOf(TunableModel model)
    {
        if (!model.Parameters.Any(IsBias)) throw NoBias();
        return [.. model.Parameters.Where(parameter => IsBias(parameter) || ModulesToSave.IsHead(parameter, model))];
    }

    private static bool IsBias(Parameter parameter) => parameter.Name.EndsWith(".bias", StringComparison.Ordinal);

    private static MethodFootprint FootprintOf(ModelSizes sizes)
    {
        long[][] biases = [.. sizes.Linears.Where(linear => linear.HasBias).Select(linear => (long[])[linear.Out])];
        return biases.Length > 0 ? new MethodFootprint(biases) : throw NoBias();
    }

    private static InvalidInputException NoBias() => new("`method` is bitfit, which trains biases, but this model has none.", null, "Use ln_tuning, ia3 or lora.");
}
