using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// A value on a tape, [tokens, width], and the gradient that its consumers add up in backward.
/// </summary>
public sealed class Var
{
    private readonly Workspace _workspace;
    private Buffer? _rebuilt, _grad;
    private bool _spent;

    internal Var(Workspace workspace, Buffer value, bool needsGrad, Func<Buffer>? rebuild = null)
    {
        _workspace = workspace;
        Buffer = value;
        NeedsGrad = needsGrad;
        Rebuild = rebuild;
    }

    /// <summary>Something below it is trained. A function does nothing in backward for an input without it.</summary>
    public bool NeedsGrad { get; }

    /// <summary>
    /// The numbers, in forward. Belongs to the tape: never dispose or change it. In backward read what
    /// <see cref="Tape.Keep(Var)"/> returned instead.
    /// </summary>
    /// <exception cref="InvalidOperationException">A function took the buffer over, or its frame ended.</exception>
    public Tensor Data => !_spent && Buffer.Alive ? Buffer.Tensor : throw new InvalidOperationException(
        "This value is spent: a function took over its memory (Add's second operand, Rope's operand, the input of a Block), or its block ended.");

    public long NumTokens => Data.shape[0];

    public long Width => Data.shape[1];

    internal Buffer Buffer { get; }

    internal Func<Buffer>? Rebuild { get; }

    /// <summary>From here on the value cannot be read in forward.</summary>
    internal void Spend() => _spent = true;

    /// <summary>What backward reads of a value that makes itself again: made by the first reader, for all.</summary>
    internal Tensor Rebuilt() => (!_spent && Buffer.Alive ? Buffer : _rebuilt ??= Rebuild!()).Tensor;

    internal void DropRebuilt()
    {
        _rebuilt?.Release();
        _rebuilt = null;
    }

    /// <summary>dThis += scale · a b. The first product writes, later ones add into the same buffer.</summary>
    public void AddProduct(Tensor a, Tensor b, double scale = 1)
    {
        if (_grad is not null)
        {
            Aten.AddMm(OwnGrad(), a, b, scale);
            return;
        }
        _grad = _workspace.Rent(a.shape[0], b.shape[1]);
        Aten.Mm(a, b, _grad.Tensor);
        if (scale != 1) _grad.Tensor.mul_(Number.Of(scale));
    }

    /// <summary>dThis += g. The holder is handed over: the caller must not release it, nor write into it afterwards.</summary>
    public void Give(Buffer g)
    {
        if (_grad is null)
        {
            _grad = g;
            return;
        }
        OwnGrad().add_(g.Tensor, Number.One);
        g.Release();
    }

    /// <summary>dThis[:, first …] += g, where this is <paramref name="width"/> wide.</summary>
    internal void AddColumns(Tensor g, long first, long width)
    {
        Tensor grad;
        if (_grad is not null)
        {
            grad = OwnGrad();
        }
        else
        {
            _grad = _workspace.Rent(g.shape[0], width);
            grad = _grad.Tensor.zero_();
        }
        grad.narrow(1, first, g.shape[1]).add_(g, Number.One);
    }

    internal Buffer? TakeGrad()
    {
        Buffer? grad = _grad;
        _grad = null;
        return grad;
    }

    /// <summary>The gradient's buffer for writing; a shared one is copied first.</summary>
    private Tensor OwnGrad()
    {
        if (!_grad!.Sole)
        {
            Buffer own = _workspace.Rent(_grad.Tensor.dtype, _grad.Tensor.shape);
            own.Tensor.copy_(_grad.Tensor);
            _grad.Release();
            _grad = own;
        }
        return _grad.Tensor;
    }
}

/// <summary>What a function kept of its forward: the only thing its backward may read, besides parameters.</summary>
public readonly struct Kept
{
    private readonly Var? _var;
    private readonly Buffer? _buffer;

    internal Kept(Var v)
    {
        if (v.Rebuild is null) _buffer = v.Buffer;
        else _var = v;
    }

    internal Kept(Buffer buffer) => _buffer = buffer;

    /// <summary>The numbers as they were in forward.</summary>
    public Tensor Data => _buffer?.Tensor ?? _var?.Rebuilt() ?? throw new InvalidOperationException("Nothing was kept: no gradient was needed.");
}
