using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_TO = x_TI W_OI^T + b_O, with what the adapters make of x, add, and make of y. The weight's storage (float32, bfloat16,
/// float16, packed in fewer bits) and the type of computation are independent: another storage is converted piece by piece
/// into a rented buffer.
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
    /// <param name="transposed">The weight is stored as [In, Out] (GPT-2's Conv1D), and so are its gradient and its file.</param>
    public Linear(string name, Parameter weight, Parameter? bias = null, bool transposed = false)
    {
        Name = name;
        Weight = weight;
        Bias = bias;
        Transposed = transposed;
        if (weight.Shape.Count != 2) throw new ArgumentException($"{weight.Name}: a linear's weight has two dimensions, not {weight.Shape.Count}.");
        if (transposed && weight.Packed is not null) throw new ArgumentException($"{weight.Name}: a packed weight is stored as [Out, In].");
        Out = (int)weight.Shape[transposed ? 1 : 0];
        In = (int)weight.Shape[transposed ? 0 : 1];
        if (bias is not null && !bias.Value.shape.SequenceEqual([Out]))
            throw new ArgumentException($"{bias.Name}: expected [{Out}], found [{string.Join(", ", bias.Value.shape)}].");
    }

    public string Name { get; }

    public Parameter Weight { get; }

    public Parameter? Bias { get; }

    /// <summary>The weight, and the bias if there is one.</summary>
    public IEnumerable<Parameter> Parameters => Bias is null ? [Weight] : [Weight, Bias];

    /// <summary>The weight is stored as [In, Out].</summary>
    public bool Transposed { get; }

    public int In { get; }

    public int Out { get; }

    /// <summary>The slots. Filled and emptied between steps.</summary>
    public List<ILinearAdapter> Adapters { get; } = [];

    /// <summary>The output is not kept for backward but computed again there. Has no effect while an adapter is attached.</summary>
    public bool Rebuildable { get; set; }

    /// <summary>The weight as [Out, In]: a view, which writes through.</summary>
    /// <exception cref="TuneSharp.Formats.InvalidInputException">The weight is packed.</exception>
    public Tensor Weight_OI() => Transposed ? Weight.Value.t() : Weight.Value;

    /// <summary>A copy of the weight, however it is stored, [Out, In].</summary>
    public Tensor CopyWeight_OI(ScalarType type)
    {
        if (Weight.Packed is not { } packed) return Weight_OI().to(type, copy: true).contiguous();
        Tensor copy = torch.empty([Out, In], dtype: type);
        packed.Unpack(0, copy);
        return copy;
    }

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, In].</param>
    /// <returns>[T, Out].</returns>
    public Var Forward(Tape t, Var x)
    {
        if (x.Width != In) throw new ArgumentException($"{Name}: expected an input of width {In}, found {x.Width}.");
        x = t.Cast(x);
        foreach (ILinearAdapter adapter in Adapters) x = adapter.Before(t, this, x);
        Var y = ProductAndSums(t, x);
        foreach (ILinearAdapter adapter in Adapters) y = adapter.After(t, this, x, y);
        return y;
    }

    /// <summary>x W^T alone: without bias and adapters, and without a gradient for the weight. For adapters that need it once more.</summary>
    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, In].</param>
    /// <returns>[T, Out].</returns>
    public Var BareProduct(Tape t, Var x)
    {
        Buffer y = t.Rent(x.NumTokens, Out);
        Multiply(t.Workspace, x.Data, y.Tensor);
        return t.Record(y, x.NeedsGrad, dOut => GiveBack(t.Workspace, x, dOut.Tensor), function: Name);
    }

    /// <summary>y_TO = x_TI W^T in the type of computation.</summary>
    public void Multiply(Workspace workspace, Tensor x, Tensor y)
    {
        using DisposeScope scope = NewDisposeScope();
        ForPanels(workspace, (w_PI, at) => Aten.Mm(x, w_PI.t(), y.narrow(1, at, w_PI.shape[0])));
    }

    private Var ProductAndSums(Tape t, Var x)
    {
        using DisposeScope scope = NewDisposeScope();
        bool trained = Weight.Trained || Bias is { Trained: true } || Adapters.Exists(a => a.Trained);
        bool needsGrad = x.NeedsGrad || trained;
        bool rebuildable = Rebuildable && Adapters.Count == 0 && needsGrad && t.Recording;

        Buffer y = t.Rent(x.NumTokens, Out);
        Product(t, x.Data, y.Tensor);
        Kept kept = Weight.Trained || rebuildable ? t.Keep(x) : default;
        List<Action<Tensor>> adapters = [.. Adapters.Select(a => a.Forward(t, this, x, y.Tensor)).OfType<Action<Tensor>>()];

        return t.Record(y, needsGrad, dOut =>
        {
            Tensor dY = dOut.Tensor;
            if (x.NeedsGrad) GiveBack(t.Workspace, x, dY);
            if (Weight.Trained && Transposed) Weight.AddProduct(kept.Data.t(), dY);
            else if (Weight.Trained) Weight.AddProduct(dY.t(), kept.Data);
            if (Bias is { Trained: true }) Bias.Add(dY.sum([0], false, t.Workspace.WideType));
            foreach (Action<Tensor> backward in adapters) backward(dY);
        }, rebuildable ? Rebuild : null, Name);

        Buffer Rebuild()
        {
            Buffer again = t.Workspace.Rent(kept.Data.shape[0], Out);
            Product(t, kept.Data, again.Tensor);
            return again;
        }
    }

    private void Product(Tape t, Tensor x, Tensor y)
    {
        Workspace workspace = t.Workspace;
        if (!t.Training && Weight.Packed?.TryMultiply(x, Bias?.Value, y) == true) return;
        if (Bias is null || workspace.WideType == workspace.ComputeType)
        {
            Multiply(workspace, x, y);
            if (Bias is not null) y.add_(Bias.Value, Number.One);
            return;
        }
        // In bfloat16 the product is added to the bias, not the other way round: the sum is rounded once.
        y.copy_(Bias.Value);
        ForPanels(workspace, (w_PI, at) => Aten.AddMm(y.narrow(1, at, w_PI.shape[0]), x, w_PI.t()));
    }

    /// <summary>dX += dY W.</summary>
    private void GiveBack(Workspace workspace, Var x, Tensor dY) => ForPanels(workspace, (w_PI, at) => x.AddProduct(dY.narrow(1, at, w_PI.shape[0]), w_PI));

    /// <summary>Gives the weight, in the type of computation, by pieces of rows; <c>at</c> is the first row.</summary>
    private void ForPanels(Workspace workspace, Action<Tensor, long> use)
    {
        if (Weight.Packed is null && Weight.Value.dtype == workspace.ComputeType)
        {
            use(Weight_OI(), 0);
            return;
        }
        long rows = Math.Clamp(PanelElements / In, 1, Out);
        using Buffer panel = workspace.Rent(rows, In);
        for (long at = 0; at < Out; at += rows)
        {
            Tensor w_PI = panel.Tensor.narrow(0, 0, Math.Min(rows, Out - at));
            if (Weight.Packed is { } packed) packed.Unpack(at, w_PI);
            else w_PI.copy_(Weight_OI().narrow(0, at, w_PI.shape[0]));
            use(w_PI, at);
        }
    }
}
