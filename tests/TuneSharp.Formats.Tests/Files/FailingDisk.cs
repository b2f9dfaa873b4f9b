using TuneSharp.Formats.Files;

namespace TuneSharp.Formats.Tests.Files;

/// <summary>The real disk, except that one call (the n-th of all, counted from 1) fails; a failing write first writes half of its bytes.</summary>
internal sealed class FailingDisk(int failAt, string message = "No space left on device") : ISaveDisk
{
    private int calls;

    /// <summary>False when the whole save needed fewer calls.</summary>
    public bool Failed => calls >= failAt;

    public Stream Create(string path)
    {
        Count();
        return new FailingStream(PhysicalDisk.Instance.Create(path), this);
    }

    public void FlushToDisk(Stream stream)
    {
        Count();
        PhysicalDisk.Instance.FlushToDisk(((FailingStream)stream).Inner);
    }

    public void FlushFile(string path) { Count(); PhysicalDisk.Instance.FlushFile(path); }

    public void RenameFile(string from, string to) { Count(); PhysicalDisk.Instance.RenameFile(from, to); }

    public void CreateFolder(string path) { Count(); PhysicalDisk.Instance.CreateFolder(path); }

    public void RenameFolder(string from, string to) { Count(); PhysicalDisk.Instance.RenameFolder(from, to); }

    public void FlushFolder(string path) { Count(); PhysicalDisk.Instance.FlushFolder(path); }

    public void DeleteFile(string path) { Count(); PhysicalDisk.Instance.DeleteFile(path); }

    public void DeleteFolder(string path) { Count(); PhysicalDisk.Instance.DeleteFolder(path); }

    private void Count()
    {
        if (++calls == failAt) throw new IOException(message);
    }

    private sealed class FailingStream(Stream inner, FailingDisk disk) : Stream
    {
        public Stream Inner => inner;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try { disk.Count(); }
            catch (IOException)
            {
                inner.Write(buffer[..(buffer.Length / 2)]);
                throw;
            }
            inner.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
