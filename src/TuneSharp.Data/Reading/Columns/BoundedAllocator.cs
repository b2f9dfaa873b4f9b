using System.Buffers;
using Apache.Arrow.Memory;

namespace TuneSharp.Data.Reading.Columns;

/// <summary>
/// Memory for Arrow buffers: managed, so that every access is checked, and never more for one buffer than a file of this length can
/// hold. A damaged file may claim any size.
/// </summary>
internal sealed class BoundedAllocator(long fileLength) : MemoryAllocator
{
    // Compressed buffers grow; a file of texts rarely by more.
    private const int LargestGrowth = 64;

    protected override IMemoryOwner<byte> AllocateInternal(int length, out int bytesAllocated)
    {
        if (length > Math.Max(1 << 20, fileLength * LargestGrowth)) throw new InvalidDataException($"A part claims {length} bytes, more than the file can hold");
        bytesAllocated = length;
        return new Managed(new byte[length]);
    }

    private sealed class Managed(byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes;

        public void Dispose()
        {
            // The garbage collector takes it.
        }
    }
}
