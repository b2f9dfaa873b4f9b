using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Peft;

/// <summary>Tensors to and from safetensors files.</summary>
public static class StoredTensor
{
    /// <summary>A tensor as it will be written; its values are read when the file is.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="tensor">Contiguous, or <paramref name="transposed"/>.</param>
    /// <param name="transposed">The file holds the transpose of this matrix.</param>
    public static TensorToWrite ToWrite(string name, Tensor tensor, bool transposed = false)
    {
        long[] shape = transposed ? [tensor.shape[1], tensor.shape[0]] : tensor.shape;
        return new TensorToWrite(name, TypeOf(tensor.dtype), shape, stream =>
        {
            using var scope = NewDisposeScope();
            using var off = no_grad();
            TensorMemory.Write((transposed ? tensor.t() : tensor).cpu().contiguous(), stream);
        });
    }

    /// <summary>A tensor that is computed when it is written.</summary>
    public static TensorToWrite ToWrite(string name, long[] shape, ScalarType type, Func<Tensor> compute) => new(name, TypeOf(type), shape, stream =>
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        TensorMemory.Write(compute().contiguous(), stream);
    });

    /// <summary>Fills <paramref name="destination"/>; another float type in the file is converted; codes (uint8) stay codes.</summary>
    /// <exception cref="InvalidInputException">Another shape, or a type that holds no floating-point numbers.</exception>
    public static unsafe void Read(SafetensorsFile file, TensorEntry entry, Tensor destination, bool transposed = false)
    {
        long[] shape = transposed ? [destination.shape[1], destination.shape[0]] : destination.shape;
        if (!entry.Shape.SequenceEqual(shape))
            throw new InvalidInputException($"`{entry.Name}` is [{string.Join(", ", entry.Shape)}]; expected [{string.Join(", ", shape)}].", file.Path, "The file was made for another model.");
        ScalarType type = entry.DType switch
        {
            TensorDType.F64 => ScalarType.Float64,
            TensorDType.F32 => ScalarType.Float32,
            TensorDType.F16 => ScalarType.Float16,
            TensorDType.BF16 => ScalarType.BFloat16,
            TensorDType.U8 when destination.dtype == ScalarType.Byte => ScalarType.Byte,
            _ => throw new InvalidInputException($"`{entry.Name}` is of type {entry.DType}, which holds no floating-point numbers.", file.Path),
        };
        using var scope = NewDisposeScope();
        using var off = no_grad();
        Tensor stored = empty(shape, dtype: type);
        file.Read(entry, TensorMemory.Pointer(stored));
        destination.copy_(transposed ? stored.t() : stored);
    }

    private static TensorDType TypeOf(ScalarType type) => type switch
    {
        ScalarType.Float64 => TensorDType.F64,
        ScalarType.Float32 => TensorDType.F32,
        ScalarType.Float16 => TensorDType.F16,
        ScalarType.BFloat16 => TensorDType.BF16,
        ScalarType.Byte => TensorDType.U8,
        _ => throw new ArgumentException($"Tensors of numbers and of bytes are stored, not {type}."),
    };
}
