using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Kernels;
using TuneSharp.Models.Settings;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Models.Weights;

/// <summary>
/// Which linears of a checkpoint are kept in fewer bits, and how. What the file has packed in bitsandbytes' format stays as it
/// is; anything else is packed matrix by matrix as it is read, so that one dense matrix at most exists beside the result.
/// </summary>
internal sealed class WeightPacking(ModelSettings settings)
{
    private readonly HashSet<string> _warnings = [];
    private int _packed;

    public IReadOnlyCollection<string> Warnings => _warnings;

    private string Wanted => settings.Quantization;

    /// <returns>Null: the matrix stays dense.</returns>
    /// <exception cref="InvalidInputException">The file has packed it in another way, or it holds numbers that no scale stands for.</exception>
    public PackedMatrix? Pack(IStoredTensors stored, string name)
    {
        PackedMatrix? packed = Make(stored, name);
        if (packed is null) return null;
        _packed++;
        TensorMemory.GiveBackFreed();
        return packed;
    }

    /// <exception cref="InvalidInputException">Packing was asked for, and nothing was there to pack.</exception>
    public void CheckWasUsed(string modelType, string path)
    {
        if (_packed > 0 || Wanted == "none") return;
        throw Wanted == "gguf"
            ? new InvalidInputException("quantization: gguf keeps the blocks of a quantised GGUF file, and this model has none.", path, "Take a GGUF file with, for instance, Q4_K weights, or quantization: nf4.")
            : new InvalidInputException($"quantization: {Wanted} packs the linears of blocks, and those of a {modelType} model cannot be packed.", path, "Remove quantization; weights_dtype: bfloat16 halves the memory.");
    }

    private PackedMatrix? Make(IStoredTensors stored, string name)
    {
        string? packing = stored.PackingOf(name);
        bool isBitsAndBytes = packing is "nf4" or "fp4" or "int8";
        if (isBitsAndBytes)
        {
            if (Wanted != "none" && Wanted != packing)
                throw new InvalidInputException($"The weights are stored as {packing} already, which quantization: {Wanted} cannot change without loss.", stored.Path, "Remove quantization, or take the model's version with float32 or bfloat16 weights.");
            PackedMatrix matrix = stored.ReadPacked(name);
            if (Wanted != "none" && matrix is FourBitMatrix { BlockSize: var size } && size != settings.QuantizationBlockSize)
                _warnings.Add($"The weights are stored as {packing} with blocks of {size} and stay so: quantization_block_size has no effect.");
            return matrix;
        }
        if (Wanted == "none" || !IsOfABlock(name)) return null;
        if (Wanted == "gguf") return packing is null ? null : stored.ReadPacked(name);
        if (packing is not null) _warnings.Add($"Weights that are stored as {packing} are rounded a second time by quantization: {Wanted}. quantization: gguf keeps them as they are.");
        using Tensor dense = stored.Read(name, packing is null ? null : ScalarType.Float32);
        return Quantise(dense, name, stored.Path);
    }

    /// <summary>Packs a matrix as the settings want it: nf4, fp4 or int8.</summary>
    /// <param name="dense">[rows, columns].</param>
    /// <param name="name">For errors, as <paramref name="path"/>.</param>
    /// <param name="path">Where it comes from.</param>
    public PackedMatrix Quantise(Tensor dense, string name, string path)
    {
        try
        {
            return FourBitTable.Find(Wanted) is { } table
                ? FourBitMatrix.Quantise(dense, table, settings.QuantizationBlockSize, settings.DoubleQuantization)
                : Int8Matrix.Quantise(dense);
        }
        catch (NotFiniteNumberException e)
        {
            throw new InvalidInputException($"The tensor {name} holds NaN or infinity{(Wanted == "int8" ? ", or a number beyond float16" : "")}: it cannot be packed.", path, "Download the model again, or load it with quantization: none.", e);
        }
    }

    /// <summary>Modules of blocks have a number in their name; heads and what follows embeddings do not, and stay dense.</summary>
    private static bool IsOfABlock(string name) => name.Split('.').Any(part => int.TryParse(part, out _));
}
