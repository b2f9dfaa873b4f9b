using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Runtime;

/// <summary>
/// The memory of tensors, for reading files into it and writing it out. The only place with calls into the native layer
/// that TorchSharp itself does not offer.
/// </summary>
public static unsafe class TensorMemory
{
    /// <summary>
    /// First byte of the numbers. The tensor must be contiguous and on the CPU, and must outlive the use: call
    /// <see cref="GC.KeepAlive"/> or hold it in a <c>using</c>.
    /// </summary>
    public static void* Pointer(Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
            throw new ArgumentException("Raw memory is for contiguous tensors on the CPU.", nameof(tensor));
        return Data(tensor.Handle);
    }

    /// <summary>Bytes of the numbers.</summary>
    public static long ByteLength(Tensor tensor) => checked(tensor.numel() * tensor.element_size());

    /// <summary>Writes the numbers as they lie in memory (little-endian).</summary>
    public static void Write(Tensor tensor, Stream stream)
    {
        byte* at = (byte*)Pointer(tensor);
        for (long left = ByteLength(tensor); left > 0;)
        {
            int piece = (int)Math.Min(left, 4 << 20);
            stream.Write(new ReadOnlySpan<byte>(at, piece));
            at += piece;
            left -= piece;
        }
        GC.KeepAlive(tensor);
    }

    /// <summary>
    /// Gives memory that freed tensors left between living ones back to the system. The C library keeps it otherwise: while a
    /// model is packed, as much again as the result. Costs a few milliseconds; does nothing where the C library is another.
    /// </summary>
    public static void GiveBackFreed()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl has no such function, and gives memory back by itself.
        }
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    private static extern int Trim(nuint pad);

    [DllImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static extern void* Data(IntPtr tensor);
}
