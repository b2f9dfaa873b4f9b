using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// Records what backward has to do while functions compute forward; libtorch's own autograd is off as long as a tape is
/// open. Not recording, the same model code is inference. One tape a step, on one thread, without an await in between.
/// <code>
/// using var t = new Tape(workspace);
/// Var loss = t.CrossEntropy(model.Hidden(t, batch), model.Head, batch, divisor);
/// t.Backward(loss);                                 // gradients are in Parameter.Grad
/// </code>
/// </summary>
public sealed partial class Tape : IDisposable
{
    private sealed record Node(string Function, Var Output, Action<Buffer> Backward, Buffer[] Kept);

    private readonly IDisposable _noGrad = torch.no_grad();
    private readonly Stack<Node> _nodes = new();
    private readonly Stack<List<Buffer>> _frames = new();
    private readonly List<Buffer> _pending = [];
    private bool _closed;

    /// <param name="workspace">Where all buffers come from.</param>
    /// <param name="recording">False: inference, nothing is kept for backward.</param>
    public Tape(Workspace workspace, bool recording = true)
    {
        Workspace = workspace;
        Recording = recording;
        Training = recording;
        workspace.OpenTape();
        _frames.Push([]);
    }

    public Workspace Workspace { get; }

    /// <summary>Functions are recorded for backward. False within <see cref="Recompute"/>'s forward.</summary>
    public bool Recording { get; private set; }

    /// <summary>Dropout applies. Default: as <see cref="Recording"/> at the start; stays so within <see cref="Recompute"/>.</summary>
    public bool Training { get; init; }

    /// <summary>
    /// Seed of this step's randomness. A stochastic function seeds its own generator from it and from what it is (a name),
    /// so that a recomputed block draws the same numbers and a resumed run repeats them.
    /// </summary>
    public long Seed { get; init; }

    /// <summary>Buffers that nobody had given back when the outermost tape was disposed: 0 in a sound step.</summary>
    public int NumForgotten { get; private set; }

    /// <summary>Functions that backward will run.</summary>
    public int NumRecorded => _nodes.Count;

    /// <summary>Rents a function's output; the current frame gives it back unless it is the frame's result or kept.</summary>
    public Buffer Rent(params ReadOnlySpan<long> shape) => Rent(Workspace.ComputeType, shape);

    /// <inheritdoc cref="Rent(ReadOnlySpan{long})"/>
    public Buffer Rent(ScalarType type, params ReadOnlySpan<long> shape)
    {
        Buffer buffer = Workspace.Rent(type, shape);
        _frames.Peek().Add(buffer);
        return buffer;
    }

    /// <summary>
    /// Keeps an input for the function that is about to be recorded. Call it only if a gradient is needed, and before
    /// <see cref="Record"/>. A value that can be made again is not held: its first reader makes it.
    /// </summary>
    public Kept Keep(Var v)
    {
        _ = v.Data;
        if (Recording && v.Rebuild is null) _pending.Add(v.Buffer.Hold());
        return new Kept(v);
    }

    /// <inheritdoc cref="Keep(Var)"/>
    public Kept Keep(Buffer buffer)
    {
        if (Recording) _pending.Add(buffer.Hold());
        return new Kept(buffer);
    }

    /// <summary>Enters a function's output. The last thing that a function does in forward.</summary>
    /// <param name="output">From <see cref="Rent(ReadOnlySpan{long})"/> or <see cref="TakeOver"/>.</param>
    /// <param name="needsGrad">An input needs a gradient or a parameter of this function is trained.</param>
    /// <param name="backward">Gets dOutput, which the tape releases; a dispose scope for views is open around it.</param>
    /// <param name="rebuild">Makes the output again from what was kept; then nobody holds the output itself.</param>
    /// <param name="function">The function's name, for errors.</param>
    public Var Record(Buffer output, bool needsGrad, Action<Buffer> backward, Func<Buffer>? rebuild = null, [CallerMemberName] string function = "")
    {
        bool record = Recording && needsGrad;
        var v = new Var(Workspace, output, needsGrad, record ? rebuild : null);
        if (record) _nodes.Push(new Node(function, v, backward, [.. _pending]));
        else ReleaseAll(_pending);
        _pending.Clear();
        return v;
    }

    /// <summary>
    /// The buffer of <paramref name="v"/> to work in, which is spent from then on; a copy if somebody keeps it.
    /// </summary>
    public Buffer TakeOver(Var v)
    {
        Tensor data = v.Data;
        v.Spend();
        if (v.Buffer.Sole) return v.Buffer;
        Buffer copy = Rent(data.dtype, data.shape);
        copy.Tensor.copy_(data);
        return copy;
    }

    /// <summary>A leaf with a copy of <paramref name="data"/>, whose gradient <see cref="GradientOf"/> gives after backward.</summary>
    public Var Leaf(Tensor data, bool needsGrad = false)
    {
        Buffer buffer = Rent(data.shape);
        buffer.Tensor.copy_(data);
        return new Var(Workspace, buffer, needsGrad);
    }

    /// <summary>A leaf over a buffer that this tape rented.</summary>
    internal Var Leaf(Buffer buffer, bool needsGrad) => new(Workspace, buffer, needsGrad);

    /// <summary>The gradient of a leaf after <see cref="Backward"/>; null if nothing reached it. Release it.</summary>
    public static Buffer? GradientOf(Var leaf) => leaf.TakeGrad();

    /// <summary>Runs what was recorded in reverse. Gradients end in <see cref="Parameter.Grad"/> and in leaves.</summary>
    /// <param name="result">Where to start: a loss of one element, or any value with its gradient.</param>
    /// <param name="dResult">The gradient of <paramref name="result"/>, handed over; null for a loss: 1.</param>
    /// <remarks>After an exception the parameters' gradients are half written: clear them and redo the step.</remarks>
    public void Backward(Var result, Buffer? dResult = null)
    {
        if (!result.NeedsGrad) throw new InvalidOperationException("Nothing below this value is trained: there is no gradient to compute.");
        result.Give(dResult ?? One());
        while (_nodes.TryPop(out Node? node))
        {
            try
            {
                if (node.Output.TakeGrad() is not { } dOut) continue;
                using DisposeScope scope = NewDisposeScope();
                using (dOut) node.Backward(dOut);
            }
            catch (ExternalException e)
            {
                throw new InvalidOperationException($"{node.Function}, backward: {e.Message.Split('\n')[0]}", e);
            }
            finally
            {
                ReleaseAll(node.Kept);
                node.Output.DropRebuilt();
            }
        }
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        ReleaseAll(_pending);
        foreach (Node node in _nodes)
        {
            ReleaseAll(node.Kept);
            node.Output.TakeGrad()?.Release();
            node.Output.DropRebuilt();
        }
        foreach (List<Buffer> frame in _frames) ReleaseAll(frame);
        NumForgotten = Workspace.CloseTape();
        _noGrad.Dispose();
    }

    private Buffer One()
    {
        Buffer one = Workspace.Rent(Workspace.WideType, 1);
        one.Tensor.fill_(Number.One);
        return one;
    }

    private static void ReleaseAll(IEnumerable<Buffer> buffers)
    {
        foreach (Buffer buffer in buffers) buffer.Release();
    }
}
