namespace TuneSharp.Nn;

/// <content>Frames: who gives forward buffers back, and what is not kept but computed again.</content>
public sealed partial class Tape
{
    /// <summary>
    /// Runs a part of the model in a frame of its own: when it ends, everything that it rented goes back except its result
    /// and what backward keeps. Its input is spent.
    /// </summary>
    public Var Block(Var x, Func<Tape, Var, Var> f)
    {
        Buffer input = x.Buffer;
        Var y = InFrame(x, f);
        x.Spend();
        if (_frames.Peek().Remove(input)) input.Release();
        return y;
    }

    /// <summary>
    /// As <see cref="Block"/>, but keeps only its input: backward runs <paramref name="f"/> once more.
    /// Costs that forward again, saves all that it would have kept.
    /// </summary>
    public Var Recompute(Var x, Func<Tape, Var, Var> f)
    {
        if (!Recording) return Block(x, f);
        bool inputNeedsGrad = x.NeedsGrad;
        Buffer input = x.Buffer.Hold();
        Var y;
        Recording = false;
        try
        {
            y = Block(x, f);
        }
        catch
        {
            input.Release();
            throw;
        }
        finally
        {
            Recording = true;
        }
        Keep(input);
        input.Release();
        y.Spend();
        return Record(y.Buffer, y.NeedsGrad, dY =>
        {
            using var inner = new Tape(Workspace) { Training = Training, Seed = Seed };
            var leaf = new Var(Workspace, input, inputNeedsGrad);
            Var again = f(inner, leaf);
            inner.Backward(again, dY.Hold());
            if (leaf.TakeGrad() is { } dX) x.Give(dX);
        });
    }

    private Var InFrame(Var x, Func<Tape, Var, Var> f)
    {
        _frames.Push([]);
        Var y;
        try
        {
            y = f(this, x);
            y.Buffer.Hold();
        }
        finally
        {
            ReleaseAll(_frames.Pop());
        }
        _frames.Peek().Add(y.Buffer);
        return y;
    }
}
