using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// Any graph of torch operations as one function of the tape, differentiated by libtorch's autograd. For rare pieces: what
/// its graph saves is memory of its own.
/// </summary>
public static class TorchFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="inputs">Values on the tape.</param>
    /// <param name="parameters">Weights that it reads.</param>
    /// <param name="f">Gets the inputs and the parameters' values as leaves; returns [T, width]. Must not change them in place.</param>
    public static Var Torch(this Tape t, IReadOnlyList<Var> inputs, IReadOnlyList<Parameter> parameters, Func<Tensor[], Tensor[], Tensor> f)
    {
        bool needsGrad = inputs.Any(x => x.NeedsGrad) || parameters.Any(p => p.Trained);
        bool differentiate = t.Recording && needsGrad;
        using DisposeScope scope = NewDisposeScope();

        // Truly held, not rebuilt: the graph reads these very tensors in its backward.
        Buffer[] held = differentiate ? [.. inputs.Select(x => x.Buffer.Hold())] : [];
        Tensor[] xs = [.. inputs.Select(x => Leaf(x.Data, differentiate && x.NeedsGrad))];
        Tensor[] ps = [.. parameters.Select(p => Leaf(p.Value, differentiate && p.Trained))];
        Tensor result;
        using (torch.set_grad_enabled(differentiate)) result = f(xs, ps);

        // A copy: a later function may work in the output's memory, which the graph may have saved.
        Buffer y = t.Rent(result.shape);
        y.Tensor.copy_(result.detach());
        foreach (Buffer buffer in held)
        {
            t.Keep(buffer);
            buffer.Release();
        }
        if (!differentiate) return t.Record(y, needsGrad, _ => { });

        Tensor[] leaves = [.. xs, .. ps, result];
        foreach (Tensor leaf in leaves) leaf.DetachFromDisposeScope();
        return t.Record(y, needsGrad, dY =>
        {
            using (torch.enable_grad()) result.backward([dY.Tensor]);
            for (int i = 0; i < xs.Length; i++)
            {
                if (!inputs[i].NeedsGrad || xs[i].grad is not { } dX) continue;
                Buffer given = t.Workspace.Rent(dX.shape);
                given.Tensor.copy_(dX);
                inputs[i].Give(given);
            }
            for (int i = 0; i < ps.Length; i++)
                if (parameters[i].Trained && ps[i].grad is { } dP) parameters[i].Add(dP);
            foreach (Tensor leaf in leaves) leaf.Dispose();
        });
    }

    private static Tensor Leaf(Tensor data, bool needsGrad) => data.detach().requires_grad_(needsGrad);
}
