// T = tokens, D = hidden, F = width of the MLP, V = vocabulary
using System.Diagnostics;
using TorchSharp;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Settings;
using static TorchSharp.torch;

namespace TuneSharp.Training.Estimates;

/// <summary>
/// How long a run's steps will take: the products that a token costs, at the speed that this machine multiplies matrices of
/// the model's own sizes with. The first steps tell better; this is for the line before them.
/// </summary>
public static class StepTimeEstimator
{
    /// <summary>Calls that a block makes in forward and backward, whatever their size.</summary>
    private const double SecondsABlock = 0.003;

    private const int ProbeTokens = 256, ProbeRounds = 3;

    /// <param name="model">Its sizes.</param>
    /// <param name="method">What is trained.</param>
    /// <param name="tokens">All tokens of the run, each as often as it is seen.</param>
    /// <param name="labels">Those of them that are labelled: only they reach the output head.</param>
    /// <param name="microBatches">Forward and backward passes of the run.</param>
    /// <param name="recomputeBlocks">gradient_checkpointing.</param>
    /// <param name="compute">Type of the arithmetic.</param>
    /// <returns>Seconds.</returns>
    public static double Seconds(ModelSizes model, MethodSettings method, double tokens, double labels, double microBatches, bool recomputeBlocks, ScalarType compute)
    {
        double speed = ProductSpeed(model.Shape.HiddenSize, model.IntermediateSize, compute);
        // Norms, attention and what lies between grow with D as products grow with D²: their share falls with the width.
        double share = 0.9 * model.Shape.HiddenSize / (model.Shape.HiddenSize + 160.0);
        return Operations(model, method, tokens, labels, recomputeBlocks) / speed / share + SecondsABlock * model.Shape.NumLayers * microBatches;
    }

    /// <summary>Multiplications and additions of all products.</summary>
    public static double Operations(ModelSizes model, MethodSettings method, double tokens, double labels, bool recomputeBlocks)
    {
        MethodFootprint footprint = PeftCatalog.FootprintOf(method, model);
        bool inModel = PeftCatalog.Find(method.Method).PeftType is null;
        double blocks = model.Linears.Sum(linear => (double)linear.In * linear.Out), head = model.HeadName is null ? 0 : model.EmbeddingParameters;
        // Forward, and the gradient of the input down to the lowest linear where something is trained (prompts lie below all).
        int lowest = footprint.KeptPerToken.Count == 0 ? 0 : model.Linears.TakeWhile(linear => !footprint.KeptPerToken.ContainsKey(linear.Name)).Count();
        double above = model.Linears.Skip(lowest).Sum(linear => (double)linear.In * linear.Out);
        // A trained weight has a gradient of its own; an adapter costs three thin products.
        double weights = inModel ? model.Linears.Where(linear => footprint.KeptPerToken.ContainsKey(linear.Name)).Sum(linear => (double)linear.In * linear.Out) : 0;
        double adapters = inModel ? 0 : 3.0 * footprint.NumTrained;
        bool trainsHead = inModel && footprint.NumTrained >= model.NumParameters;
        return 2 * (tokens * (blocks * (recomputeBlocks ? 2 : 1) + above + weights + adapters) + labels * head * (trainsHead ? 3 : 2));
    }

    /// <summary>Operations a second of [256, D] x [D, F], the best of a few rounds.</summary>
    private static double ProductSpeed(int hidden, int width, ScalarType compute)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradients = no_grad();
        Tensor x_TD = ones(ProbeTokens, hidden, dtype: compute), w_DF = ones(hidden, width, dtype: compute);
        double best = double.PositiveInfinity;
        for (int round = 0; round <= ProbeRounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            x_TD.mm(w_DF).Dispose();
            if (round > 0) best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return 2.0 * ProbeTokens * hidden * width / best;
    }
}
