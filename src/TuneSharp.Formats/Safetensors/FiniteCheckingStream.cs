using TuneSharp.Formats.Errors;

namespace TuneSharp.Formats.Safetensors;

/// <summary>Passes a tensor's bytes on and refuses the first NaN or infinity, so that none ever reaches a file.</summary>
internal sealed class FiniteCheckingStream(Stream inner, string name, TensorDType dtype) : Stream
{
    private readonly byte[] begun = new byte[dtype.ByteSize()]; // an element whose bytes came in two writes
    private int pending;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ReadOnlySpan<byte> rest = buffer;
        if (pending > 0)
        {
            int taken = Math.Min(begun.Length - pending, rest.Length);
            rest[..taken].CopyTo(begun.AsSpan(pending));
            rest = rest[taken..];
            pending = (pending + taken) % begun.Length;
            if (pending == 0) Check(begun);
        }
        int whole = rest.Length - rest.Length % begun.Length;
        Check(rest[..whole]);
        if (whole < rest.Length)
        {
            rest[whole..].CopyTo(begun);
            pending = rest.Length - whole;
        }
        inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Check(ReadOnlySpan<byte> elements)
    {
        if (!FiniteScan.AllFinite(dtype, elements)) throw new NonFiniteWeightsException(name);
    }
}
