using System.Buffers.Binary;
using System.Text;

namespace TuneSharp.Formats.Tests.Safetensors;

/// <summary>Makes safetensors files by hand, right and wrong ones.</summary>
internal static class SafetensorsBytes
{
    public static byte[] File(string header, int dataBytes, ulong? claimedLength = null) => File(Encoding.UTF8.GetBytes(header), dataBytes, claimedLength);

    public static byte[] File(byte[] header, int dataBytes, ulong? claimedLength = null)
    {
        byte[] file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, claimedLength ?? (ulong)header.Length);
        header.CopyTo(file, 8);
        for (int i = 0; i < dataBytes; i++) file[8 + header.Length + i] = (byte)(i * 37 + 11);
        return file;
    }
}
