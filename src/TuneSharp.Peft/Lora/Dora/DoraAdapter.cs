// T = tokens, I = in, O = out, r = rank
using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;
using Buffer = TuneSharp.Nn.Buffer;

namespace TuneSharp.Peft.Lora.Dora;

/// <summary>
/// DoRA (Liu et al. 2024, arXiv:2402.09353): a LoRA learns the direction of each row of the weight, m its length.
/// <code>
/// V_OI = W + s B^T A       y_TO = c ∘ (x V^T) + b       c_O = m / ||V||_row, where ||V|| counts as a constant in backward
/// dy' = c ∘ dY into the LoRA and the base               dm = sum_T(dY ∘ x V^T) / ||V||
/// </code>
/// V is never made: ||V||² = ||W||² + 2s sum_r B (A W^T) + s² sum_rr B (A A^T) B, row by row. Alone in its slot and without dropout, the
/// scaling works on the linear's output; with dropout on the LoRA's input, a strength, or beside other adapters it is the sum
/// y + (c - 1) ∘ (drop(x) W^T) + c ∘ s B A drop(x) as PEFT writes it, with a second product with W.
/// </summary>
public sealed class DoraAdapter : ILinearAdapter, IDisposable
{
    private Tensor? _squares_O;

    /// <param name="lora">Its direction.</param>
    internal DoraAdapter(LoraAdapter lora)
    {
        Lora = lora;
        using var off = no_grad();
        Magnitude = new Parameter(LoraNames.Module(lora.Linear.Name) + LoraNames.Magnitude, ones(lora.Linear.Out));
    }

    public LoraAdapter Lora { get; }

    /// <summary>m: [O].</summary>
    public Parameter Magnitude { get; }

    public bool Trained => Lora.Trained || Magnitude.Trained;

    /// <summary>m = ||V||: the weights are the base's.</summary>
    internal void Initialise()
    {
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        using var workspace = new Workspace(ScalarType.Float32);
        Magnitude.Value.copy_(Norm_O(workspace));
        Forget();
    }

    public Action<Tensor>? Forward(Tape t, Linear linear, Var x, Tensor y) => IsPlain(t, linear) ? Lora.Forward(t, linear, x, y) : null;

    public Var After(Tape t, Linear linear, Var x, Var y)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor norm_O = Norm_O(t.Workspace);
        return IsPlain(t, linear) ? Scaled(t, linear, y, norm_O.DetachFromDisposeScope()) : Summed(t, linear, x, y, norm_O);
    }

    /// <summary>W' = m ∘ V / ||V||, for the strength that is set now: W + strength (W' - W).</summary>
    /// <param name="weight">A copy of the base's weight, as it is stored; changed in place.</param>
    public void Apply(Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        Tensor weight_OI = Lora.Linear.Transposed ? weight.t() : weight;
        Tensor v_OI = weight_OI.addmm(Lora.B.Value.to(weight.dtype).t(), Lora.A.Value.to(weight.dtype), 1, (float)Lora.Scale);
        v_OI.mul_((Magnitude.Value.to(weight.dtype) / Norm(v_OI)).unsqueeze(1));
        if (Lora.Strength == 1) weight_OI.copy_(v_OI);
        else weight_OI.add_(v_OI.sub_(weight_OI), Number.Of(Lora.Strength));
    }

    /// <summary>The base may be another from here on: its rows are measured again when they are needed.</summary>
    internal void Forget()
    {
        _squares_O?.Dispose();
        _squares_O = null;
    }

    public void Dispose()
    {
        Forget();
        Magnitude.Dispose();
        Lora.Dispose();
    }

    /// <summary>As the paper writes it, plain operators that autograd differentiates.</summary>
    /// <param name="x_TI">Input.</param>
    /// <param name="w_OI">Frozen weight.</param>
    /// <param name="a_rI">A as PEFT stores it.</param>
    /// <param name="b_Or">B as PEFT stores it.</param>
    /// <param name="m_O">Magnitudes.</param>
    /// <param name="scale">alpha / r.</param>
    /// <param name="mask_TI">Dropout's 0 and 1 / (1 - p); null without dropout.</param>
    internal static Tensor Reference(Tensor x_TI, Tensor w_OI, Tensor a_rI, Tensor b_Or, Tensor m_O, double scale, Tensor? mask_TI = null)
    {
        Tensor c_O = m_O / Norm((w_OI + b_Or.mm(a_rI) * scale).detach());
        Tensor dropped_TI = mask_TI is null ? x_TI : x_TI * mask_TI;
        return x_TI.mm(w_OI.t()) + (c_O - 1) * dropped_TI.mm(w_OI.t()) + c_O * dropped_TI.mm(a_rI.t()).mm(b_Or.t()) * scale;
    }

    private bool IsPlain(Tape t, Linear linear) => linear.Adapters.Count == 1 && Lora.Strength == 1 && !Lora.Drops(t);

    private Var Scaled(Tape t, Linear linear, Var y, Tensor norm_O)
    {
        Tensor c_O = (Magnitude.Value / norm_O).to(t.Workspace.ComputeType).DetachFromDisposeScope();
        Tensor? bias_O = linear.Bias?.Value;
        Buffer z = t.Rent(y.Data.shape);
        if (bias_O is null) z.Tensor.copy_(y.Data).mul_(c_O);
        else z.Tensor.copy_(y.Data).sub_(bias_O).mul_(c_O).add_(bias_O, Number.One);
        Kept before = Magnitude.Trained ? t.Keep(y) : default;
        bool needsGrad = y.NeedsGrad || Magnitude.Trained;
        if (!needsGrad || !t.Recording) Free();
        return t.Record(z, needsGrad, dZ =>
        {
            if (Magnitude.Trained)
            {
                Tensor product_TO = bias_O is null ? before.Data.mul(dZ.Tensor) : before.Data.sub(bias_O).mul_(dZ.Tensor);
                Magnitude.Add(product_TO.sum([0], false, t.Workspace.WideType).div_(norm_O));
            }
            if (y.NeedsGrad)
            {
                Buffer dY = t.Workspace.Rent(dZ.Tensor.shape);
                dY.Tensor.copy_(dZ.Tensor).mul_(c_O);
                y.Give(dY);
            }
            Free();
        });

        void Free()
        {
            c_O.Dispose();
            norm_O.Dispose();
        }
    }

    private Var Summed(Tape t, Linear linear, Var x, Var y, Tensor norm_O)
    {
        Var dropped = Lora.Dropped(t, x), product = linear.BareProduct(t, dropped);
        double s = Lora.Scale, strength = Lora.Strength;
        Tensor constant_O = norm_O.clone().DetachFromDisposeScope();
        Var z = t.Torch([y, dropped, product], [Lora.A, Lora.B, Magnitude], (inputs, parameters) =>
        {
            ScalarType type = inputs[0].dtype;
            Tensor c_O = (parameters[2] / constant_O).to(type);
            Tensor lora_TO = inputs[1].mm(parameters[0].to(type).t()).mm(parameters[1].to(type));
            Tensor own_TO = c_O.mul(lora_TO).mul(Number.Of(s));
            return inputs[0].add(c_O.sub(Number.One).mul(inputs[2]).add(own_TO, Number.One), Number.Of(strength));
        });
        constant_O.Dispose();
        return z;
    }

    /// <summary>||V|| of each row, in the workspace's wide type.</summary>
    private Tensor Norm_O(Workspace workspace)
    {
        ScalarType wide = workspace.WideType;
        Tensor squares_O = _squares_O ??= Squares(wide).DetachFromDisposeScope();
        Tensor a_rI = Lora.A.Value.to(wide), b_rO = Lora.B.Value.to(wide);
        using Buffer product_rO = workspace.Rent(Lora.Rank, Lora.Linear.Out);
        Lora.Linear.Multiply(workspace, LoraAdapter.Computed(Lora.A, workspace), product_rO.Tensor);
        Tensor cross_O = b_rO.mul(product_rO.Tensor.to(wide)).sum([0]).mul_(Number.Of(2 * Lora.Scale));
        Tensor own_O = b_rO.mul(a_rI.mm(a_rI.t()).mm(b_rO)).sum([0]).mul_(Number.Of(Lora.Scale * Lora.Scale));
        return squares_O.add(cross_O, Number.One).add_(own_O, Number.One).clamp_(min: Number.Of(1e-30)).sqrt_();
    }

    private Tensor Squares(ScalarType wide)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor w_OI = Lora.Linear.CopyWeight_OI(wide);
        return w_OI.mul_(w_OI).sum([1]).MoveToOuterDisposeScope();
    }

    private static Tensor Norm(Tensor v_OI) => v_OI.square().sum([1]).sqrt();
}
