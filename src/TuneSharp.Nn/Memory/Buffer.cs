using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// A tensor over rented memory and the number of those who hold it. Whoever rents holds it once; <see cref="Hold"/> adds a
/// holder, <see cref="Release"/> (or <c>using</c>) ends one, and with the last one the memory goes back to its workspace.
/// The memory is reused, this object is not: a stale reference meets a dead buffer, never another one's numbers.
/// </summary>
public sealed class Buffer : IDisposable
{
    private readonly Workspace _workspace;
    private readonly MemoryBlock _block;
    private readonly Tensor _view;
    private int _holders = 1;

    internal Buffer(Workspace workspace, MemoryBlock block, Tensor view)
    {
        _workspace = workspace;
        _block = block;
        _view = view;
    }

    /// <summary>The numbers, contiguous. Belongs to this buffer: never dispose it.</summary>
    public Tensor Tensor => Alive ? _view : throw new ObjectDisposedException(nameof(Buffer), "This buffer's memory went back to the workspace.");

    public bool Alive => _holders > 0;

    /// <summary>Nobody else holds it: its only holder may write into it.</summary>
    public bool Sole => _holders == 1;

    public Buffer Hold()
    {
        ObjectDisposedException.ThrowIf(!Alive, this);
        _holders++;
        return this;
    }

    public void Release()
    {
        ObjectDisposedException.ThrowIf(!Alive, this);
        if (--_holders == 0) GiveBack();
    }

    void IDisposable.Dispose() => Release();

    /// <summary>Takes the memory back whoever still holds it; for the end of a tape.</summary>
    internal void Revoke()
    {
        if (!Alive) return;
        _holders = 0;
        GiveBack();
    }

    private void GiveBack()
    {
        _view.Dispose();
        _workspace.Return(this, _block);
    }
}
