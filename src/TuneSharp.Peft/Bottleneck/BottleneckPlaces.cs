using TuneSharp.Formats;
using TuneSharp.Nn;

namespace TuneSharp.Peft.Bottleneck;

/// <summary>Where adapters go on a model, and what the library calls these places.</summary>
internal static class BottleneckPlaces
{
    /// <exception cref="InvalidInputException">The model has no such place, or none is left.</exception>
    public static IReadOnlyList<(ResidualSum Sum, string Prefix)> Of(TunableModel model, BottleneckConfig config, string adapter)
    {
        if (model.Residuals.Count == 0) throw new InvalidInputException("This model has no place for bottleneck adapters.", null, "Use lora.");
        int numLayers = model.Residuals.Count / 2;
        if (config.LeaveOut.FirstOrDefault(layer => layer >= numLayers, -1) is var beyond and >= 0)
            throw new InvalidInputException($"`leave_out` names the layer {beyond}; the model has {numLayers}, from 0 on.", null, "The adapter was made for a deeper model.");
        // Two sums a block: after attention, after the MLP.
        (ResidualSum, string)[] places =
        [
            .. from i in Enumerable.Range(0, model.Residuals.Count)
               let isAttention = i % 2 == 0
               where (isAttention ? config.AfterAttention : config.AfterMlp) && !config.LeaveOut.Contains(i / 2)
               select (model.Residuals[i], $"{NameOf(model.Residuals[i].Name, isAttention)}.adapters.{adapter}."),
        ];
        return places.Length > 0 ? places : throw new InvalidInputException("No layer is left for a bottleneck adapter.", null, "Leave out fewer layers.");
    }

    /// <summary>BERT and its like have the adapters in the modules `output`; decoders in a module of their own beside the sub-layer.</summary>
    private static string NameOf(string sum, bool isAttention) => sum.EndsWith(".output", StringComparison.Ordinal)
        ? sum
        : sum[..sum.LastIndexOf('.')] + (isAttention ? ".attention_adapters" : ".output_adapters");
}
