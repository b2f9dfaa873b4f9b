// T = tokens of the largest micro-batch, D = hidden, F = width of the MLP, Q and K = width of queries and keys, V = vocabulary, L = layers, r = rank
using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Optimizers;

namespace TuneSharp.Training.Estimates;

/// <summary>
/// Predicts the memory of a run from sizes alone: no weight is read and libtorch is not loaded. It counts what the engine
/// keeps (each function says what that is), so it changes with it; the bench `memory` measures how far it is off.
/// </summary>
public static class MemoryEstimator
{
    /// <summary>.NET, libtorch and its threads, before a model is there.</summary>
    private const long EmptyProcess = 80L << 20;

    /// <summary>Text and ids of a vocabulary's entry, its merges, and tries over them.</summary>
    private const long BytesPerToken = 700;

    /// <summary>Blocks of memory have eight sizes per power of two: half a step is lost on average.</summary>
    private const double Rounding = 1.06;

    /// <summary>
    /// Where lengths vary, blocks of other sizes lie idle (the workspace allows a quarter), and what it gives back the C
    /// library does not wholly give to the system.
    /// </summary>
    private const double Varying = 1.5;

    /// <summary>Logits that are held at once, in elements (CrossEntropyFunction).</summary>
    private const long LogitElements = 32 << 20;

    /// <summary>A piece of a weight that is converted to the type of computation, in elements (Linear).</summary>
    private const long PanelElements = 4 << 20;

    /// <param name="config">The base's configuration.</param>
    /// <param name="method">What is trained.</param>
    /// <param name="weights">How weights are kept in memory.</param>
    /// <param name="compute">Type of the arithmetic.</param>
    /// <param name="batchTokens">Tokens of the largest micro-batch.</param>
    /// <param name="recomputeBlocks">gradient_checkpointing.</param>
    /// <param name="labelledTokens">Of that micro-batch; null: all.</param>
    /// <param name="varies">Other micro-batches of the run are smaller.</param>
    /// <param name="optimizer">Whose memory is counted; null: AdamW.</param>
    /// <param name="packedBits">Bits for each weight of the blocks' linears where these are packed; null: they are not.</param>
    /// <exception cref="Formats.InvalidInputException">The target modules fit nothing in this model.</exception>
    public static MemoryEstimate ForTraining(HfConfig config, MethodSettings method, torch.ScalarType weights, torch.ScalarType compute, int batchTokens, bool recomputeBlocks, int? labelledTokens = null, bool varies = false, IUpdateRule? optimizer = null, double? packedBits = null)
    {
        ModelSizes model = ModelCatalog.SizesOf(config);
        MethodFootprint footprint = PeftCatalog.FootprintOf(method, model);
        bool inModel = PeftCatalog.Find(method.Method).PeftType is null;
        long trained = footprint.NumTrained, adapter = inModel ? 0 : trained;
        long masters = inModel && weights != torch.ScalarType.Float32 ? trained : 0;
        long activations = ActivationBytes(model, footprint, weights, compute, batchTokens, labelledTokens ?? batchTokens, recomputeBlocks);
        if (packedBits is not null && weights == compute) activations += PanelElements * SizeOf(compute);
        if (varies) activations = (long)(activations * Varying);
        long states = OptimizerCatalog.StateBytes(optimizer ?? new AdamRule(), footprint.Shapes);
        return new MemoryEstimate(WeightBytes(model, weights, packedBits), adapter * sizeof(float), trained * sizeof(float), states + masters * sizeof(float), activations, RuntimeBytes(model));
    }

    /// <summary>Memory of writing answers.</summary>
    /// <param name="contextTokens">Tokens of the longest row, prompt and answer.</param>
    /// <param name="rows">Rows that are written at once.</param>
    public static MemoryEstimate ForInference(HfConfig config, torch.ScalarType weights, torch.ScalarType compute, int contextTokens, int rows = 1)
    {
        ModelSizes model = ModelCatalog.SizesOf(config);
        long cache = 2L * model.Shape.NumLayers * Keys(model) * contextTokens * rows * SizeOf(compute);
        long reading = (long)(Rounding * contextTokens * rows * (6L * model.Shape.HiddenSize + 3L * model.IntermediateSize + 2 * Queries(model) + 4 * Keys(model)) * SizeOf(compute));
        return new MemoryEstimate(model.NumParameters * SizeOf(weights), 0, 0, 0, cache + reading + (long)rows * model.Shape.VocabularySize * sizeof(float), RuntimeBytes(model));
    }

    private static long WeightBytes(ModelSizes model, torch.ScalarType weights, double? packedBits)
    {
        if (packedBits is not { } bits) return model.NumParameters * SizeOf(weights);
        long packed = model.Linears.Sum(linear => (long)linear.In * linear.Out);
        return (long)(packed * bits / 8) + ((model.NumParameters - packed) * SizeOf(weights));
    }

    private static long ActivationBytes(ModelSizes model, MethodFootprint footprint, torch.ScalarType weights, torch.ScalarType compute, long tokens, long labels, bool recompute)
    {
        long hidden = model.Shape.HiddenSize, size = SizeOf(compute);
        // Between the blocks float32 weights have a float32 stream, which both norms of a block keep (TrainLoop).
        long stream = weights == torch.ScalarType.Float32 ? Math.Max(size, sizeof(float)) : size;
        long[] kept = [.. model.Linears.GroupBy(BlockOf).Select(block => (KeptByBlock(model, [.. block], footprint.KeptPerToken) * size + 2 * hidden * (stream - size)) * tokens)];
        long loss = LossBytes(model, weights, compute, labels);
        long backward = tokens * (4L * model.IntermediateSize + 6 * hidden + 3 * Queries(model) + 4 * Keys(model)) * size;
        if (!recompute) return (long)(Rounding * (kept.Sum() + loss + backward));

        // Blocks keep their input only; one of them at a time is whole again, when the loss is over. Memory that the loss used
        // serves the block, but for a part that has other sizes.
        long block = kept.Max() + backward;
        return (long)(Rounding * (hidden * model.Shape.NumLayers * tokens * stream + Math.Max(loss, block) + Math.Min(loss, block) / 4));
    }

    /// <summary>What forward leaves for backward in a block, in elements a token.</summary>
    private static long KeptByBlock(ModelSizes model, LinearSize[] block, IReadOnlyDictionary<string, int> trained)
    {
        // The norms keep their inputs; attention q, k, v; the gate both its inputs. Norms and the gate's product are made again.
        long kept = 2L * model.Shape.HiddenSize + Queries(model) + 2 * Keys(model) + 2L * model.IntermediateSize;
        // The input of the output projection is attention's result, which nobody else keeps.
        if (block.Any(linear => linear.Name.EndsWith("o_proj", StringComparison.Ordinal) && trained.ContainsKey(linear.Name))) kept += Queries(model);
        return kept + block.Sum(linear => (long)trained.GetValueOrDefault(linear.Name));
    }

    /// <summary>Logits that are held at once, and the piece of a narrower weight that is widened for them.</summary>
    private static long LossBytes(ModelSizes model, torch.ScalarType weights, torch.ScalarType compute, long labels)
    {
        long vocabulary = model.Shape.VocabularySize;
        long pieces = Math.Max(1, (labels * vocabulary + LogitElements - 1) / LogitElements), rows = (labels + pieces - 1) / pieces;
        // 16-bit logits are widened: themselves, the wide ones, and the gradient in 16 bits again.
        return rows * vocabulary * (compute == torch.ScalarType.BFloat16 ? 8 : SizeOf(compute)) + (weights == compute ? 0 : PanelElements * SizeOf(compute));
    }

    private static long RuntimeBytes(ModelSizes model) => EmptyProcess + BytesPerToken * model.Shape.VocabularySize;

    private static string BlockOf(LinearSize linear) => linear.Name[..linear.Name.LastIndexOf('.', linear.Name.LastIndexOf('.') - 1)];

    private static long Queries(ModelSizes model) => (long)model.Shape.NumHeads * model.Shape.HeadDim;

    private static long Keys(ModelSizes model) => (long)model.Shape.NumKeyValueHeads * model.Shape.HeadDim;

    internal static long SizeOf(torch.ScalarType type) => type switch { torch.ScalarType.Float64 => 8, torch.ScalarType.BFloat16 or torch.ScalarType.Float16 => 2, _ => 4 };
}
