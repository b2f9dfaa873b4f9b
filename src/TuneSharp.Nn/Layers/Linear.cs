using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_TO = x_TI W_OI^T + b_O, plus what the adapters add. The weight's storage (float32, bfloat16, float16) and the type of
/// computation are independent: another storage is converted piece by piece into a rented buffer.
/// <code>
/// dX = dY W      dW += dY^T x      db += sum_T dY          T tokens, I in, O out
/// </code>
/// </summary>
public sealed class Linear
{
    /// <summary>Elements of a converted piece of the weight: 16 MB in float32.</summary>
    private const long PanelElements = 4 << 20;

    /// <param name="name">The module's name in checkpoints, as in <c>model.layers.0.self_attn.q_proj</c>.</param>
    /// <param name="weight">[Out, In].</param>
    /// <param name="bias">[Out].</param>
    public Linear(string name, Parameter weight, Parameter? bias = null)
    {
        Name = name;
        Weight = weight;
        Bias = bias;
        if (weight.Value.dim() != 2) throw new ArgumentException($"{weight.Name}: a linear's weight has two dimensions, not {weight.Value.dim()}.");
        Out = (int)weight.Value.shape[0];
        In = (int)weight.Value.shape[1];
        if (bias is not null && !bias.Value.shape.SequenceEqual([Out]))
            throw new ArgumentException($"{bias.Name}: expected [{Out}], found [{string.Join(", ", bias.Value.shape)}].");
    }

    public string Name { get; }

    public Parameter Weight { get; }

    public Parameter? Bias { get; }

    public int In { get; }

    public int Out { get; }

    /// <summary>The slots. Filled and emptied between steps.</summary>
    public List<ILinearAdapter> Adapters { get; } = [];

    /// <summary>The output is not kept for backward but computed again there. Has no effect while an adapter is attached.</summary>
    public bool Rebuildable { get; set; }

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, In].</param>
    /// <returns>[T, Out].</returns>
    public Var Forward(Tape t, Var x)
    {
        if (x.Width != In) throw new ArgumentException($"{Name}: expected an input of width {In}, found {x.Width}.");
        using DisposeScope scope = NewDisposeScope();
        bool trained = Weight.Trained || Bias is { Trained: true } || Adapters.Exists(a => a.Trained);
        bool needsGrad = x.NeedsGrad || trained;
        bool rebuildable = Rebuildable && Adapters.Count == 0 && needsGrad && t.Recording;

        Buffer y = t.Rent(x.NumTokens, Out);
        Product(t.Workspace, x.Data, y.Tensor);
        Kept kept = Weight.Trained || rebuildable ? t.Keep(x) : default;
        List<Action<Tensor>> adapters = Adapters.ConvertAll(a => a.Forward(t, this, x, y.Tensor));

        return t.Record(y, needsGrad, dOut =>
        {
            Tensor dY = dOut.Tensor;
            if (x.NeedsGrad) ForPanels(t.Workspace, (w_PI, at) => x.AddProduct(dY.narrow(1, at, w_PI.shape[0]), w_PI));
            if (Weight.Trained) Weight.AddProduct(dY.t(), kept.Data);
            if (Bias is { Trained: true }) Bias.Add(dY.sum([0], false, t.Workspace.WideType));
            foreach (Action<Tensor> backward in adapters) backward(dY);
        }, rebuildable ? Rebuild : null, Name);

        Buffer Rebuild()
        {
            Buffer again = t.Workspace.Rent(kept.Data.shape[0], Out);
            Product(t.Workspace, kept.Data, again.Tensor);
            return again;
        }
    }

    private void Product(Workspace workspace, Tensor x, Tensor y)
    {
        ForPanels(workspace, (w_PI, at) => Aten.Mm(x, w_PI.t(), y.narrow(1, at, w_PI.shape[0])));
        if (Bias is not null) y.add_(Bias.Value);
    }

    /// <summary>Gives the weight, in the type of computation, by pieces of rows; <c>at</c> is the first row.</summary>
    private void ForPanels(Workspace workspace, Action<Tensor, long> use)
    {
        if (Weight.Value.dtype == workspace.ComputeType)
        {
            use(Weight.Value, 0);
            return;
        }
        long rows = Math.Clamp(PanelElements / In, 1, Out);
        using Buffer panel = workspace.Rent(rows, In);
        for (long at = 0; at < Out; at += rows)
        {
            Tensor w_PI = panel.Tensor.narrow(0, 0, Math.Min(rows, Out - at));
            w_PI.copy_(Weight.Value.narrow(0, at, w_PI.shape[0]));
            use(w_PI, at);
        }
    }
}
