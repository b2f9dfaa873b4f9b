// T = tokens, I = in, O = out, r = rank
using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Randomness;
using static TorchSharp.torch;
using Buffer = TuneSharp.Nn.Buffer;

namespace TuneSharp.Peft.Lora;

/// <summary>
/// LoRA (Hu et al. 2021, arXiv:2106.09685) in a slot of a linear: never as a product with a full-size ΔW.
/// <code>
/// u_rT = A_rI drop(x)_TI^T        y_TO += s (u^T B_rO + c_O)        s = alpha / r, or alpha / sqrt(r); c only with lora_bias
/// dU_rT = s B dY^T    dB += s u dY    dc += s sum_T dY    dA += dU drop(x)    dX += mask ∘ (dU^T A)
/// </code>
/// u lies as [r, T] and B as [r, O], the transpose of what PEFT stores: thin products are twice to three times as fast in that order.
/// The mask of dropout is a function of the tape's seed and the module's name: backward makes it again instead of keeping it.
/// </summary>
public sealed class LoraAdapter : ILinearAdapter, IDisposable
{
    private readonly ulong _nameHash;

    /// <param name="linear">The module that gets it.</param>
    /// <param name="config">Rank, scale, dropout.</param>
    internal LoraAdapter(Linear linear, LoraConfig config)
    {
        Linear = linear;
        Scale = config.ScaleFor(linear.Name);
        Dropout = config.Dropout;
        _nameHash = CounterRandom.Hash(linear.Name);
        string prefix = LoraNames.Module(linear.Name);
        using var off = no_grad();
        A = new Parameter(prefix + LoraNames.A, zeros(config.RankOf(linear.Name), linear.In));
        B = new Parameter(prefix + LoraNames.B, zeros(config.RankOf(linear.Name), linear.Out));
        if (config.HasLoraBias) Bias = new Parameter(prefix + LoraNames.BiasOfB, zeros(linear.Out));
    }

    public Linear Linear { get; }

    /// <summary>[r, I].</summary>
    public Parameter A { get; }

    /// <summary>[r, O]: transposed against the file.</summary>
    public Parameter B { get; }

    /// <summary>c: [O]; null without lora_bias.</summary>
    public Parameter? Bias { get; }

    /// <summary>r.</summary>
    public int Rank => (int)A.Shape[0];

    public double Scale { get; }

    /// <summary>Share of the inputs that is set to 0 while the tape is training.</summary>
    public double Dropout { get; }

    /// <summary>Multiplies the adapter's part: 1 as trained, 0 as if it were not there.</summary>
    public double Strength { get; set; } = 1;

    public bool Trained => A.Trained || B.Trained;

    /// <summary>Its parameters, in the order of the file's names.</summary>
    public IEnumerable<Parameter> Parameters => Bias is null ? [A, B] : [A, B, Bias];

    /// <summary>Of the module's name: part of the keys of its random numbers.</summary>
    internal ulong NameHash => _nameHash;

    /// <summary>In tests: a recorded mask [T, I] of 0 and 1 / (1 - p) in place of the own one.</summary>
    internal Func<Tensor>? RecordedMask { get; set; }

    public Action<Tensor> Forward(Tape t, Linear linear, Var x, Tensor y)
    {
        Workspace ws = t.Workspace;
        long numTokens = x.NumTokens;
        long rank = A.Value.shape[0];
        double s = Scale * Strength;
        bool trained = Trained, drops = Drops(t);
        ulong maskKey = drops ? MaskKey(t) : 0;

        Buffer u_rT = t.Rent(rank, numTokens);
        if (drops)
        {
            using Buffer dropped_TI = ws.Rent(numTokens, linear.In);
            FillMask(ws, dropped_TI.Tensor, maskKey);
            dropped_TI.Tensor.mul_(x.Data);
            u_rT.Tensor.addmm_(Computed(A, ws), dropped_TI.Tensor.t(), 0, 1);
        }
        else u_rT.Tensor.addmm_(Computed(A, ws), x.Data.t(), 0, 1);
        y.addmm_(u_rT.Tensor.t(), Computed(B, ws), 1, (float)s);
        if (Bias is not null) y.add_(Computed(Bias, ws), Number.Of(s));

        if (!trained && !x.NeedsGrad) return _ => { };
        Kept input = trained ? t.Keep(x) : default, hidden = trained ? t.Keep(u_rT) : default;

        return dY_TO =>
        {
            if (trained) B.AddProduct(hidden.Data, dY_TO, s);
            if (Bias is { Trained: true }) Bias.Add(dY_TO.sum([0], false, ws.WideType).mul_(Number.Of(s)));
            using Buffer dU_rT = ws.Rent(rank, numTokens);
            dU_rT.Tensor.addmm_(Computed(B, ws), dY_TO.t(), 0, (float)s);
            if (!drops)
            {
                if (trained) A.AddProduct(dU_rT.Tensor, input.Data);
                if (x.NeedsGrad) x.AddProduct(dU_rT.Tensor.t(), Computed(A, ws));
                return;
            }

            using Buffer mask_TI = ws.Rent(numTokens, linear.In);
            FillMask(ws, mask_TI.Tensor, maskKey);
            if (x.NeedsGrad)
            {
                Buffer dX = ws.Rent(numTokens, linear.In);
                dX.Tensor.addmm_(dU_rT.Tensor.t(), Computed(A, ws), 0, 1).mul_(mask_TI.Tensor);
                x.Give(dX);
            }

            if (trained) A.AddProduct(dU_rT.Tensor, mask_TI.Tensor.mul_(input.Data));
        };
    }

    /// <summary>
    /// W_OI += s B^T A for the strength that is set now, where s B^T A is what the adapter adds at each forward pass. The sum
    /// is made in float32 and rounded once to the weight's type.
    /// </summary>
    /// <param name="weight">The module's weight, or a copy of it, as it is stored; changed in place.</param>
    public void AddTo(Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        Tensor weight_OI = Linear.Transposed ? weight.t() : weight;
        ScalarType wide = weight_OI.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        Tensor sum_OI = weight_OI.to(wide);
        sum_OI.addmm_(B.Value.to(wide).t(), A.Value.to(wide), 1, (float)(Scale * Strength));
        if (weight_OI.dtype != wide) weight_OI.copy_(sum_OI);
    }

    /// <summary>drop(x), as a value of its own: for adapters that need it in more than one product.</summary>
    internal Var Dropped(Tape t, Var x)
    {
        if (!Drops(t)) return x;
        ulong maskKey = MaskKey(t);
        Buffer y = t.Rent(x.NumTokens, x.Width);
        FillMask(t.Workspace, y.Tensor, maskKey);
        y.Tensor.mul_(x.Data);
        return t.Record(y, x.NeedsGrad, dY =>
        {
            Buffer dX = t.Workspace.Rent(dY.Tensor.shape);
            FillMask(t.Workspace, dX.Tensor, maskKey);
            dX.Tensor.mul_(dY.Tensor);
            x.Give(dX);
        }, function: nameof(Dropout));
    }

    internal bool Drops(Tape t) => Dropout > 0 && t.Training;

    /// <summary>In tests: the mask that a tape with this seed uses, [T, I] in float64.</summary>
    internal Tensor MaskFor(long tapeSeed, long numTokens)
    {
        var mask = new float[numTokens * Linear.In];
        CounterRandom.FillDropout(mask, CounterRandom.Key(tapeSeed, _nameHash), Dropout);
        using Tensor flat = tensor(mask);
        return flat.reshape(numTokens, Linear.In).to(ScalarType.Float64);
    }

    public void Dispose()
    {
        foreach (Parameter parameter in Parameters) parameter.Dispose();
    }

    /// <summary>Adapters are float32; the products are in the workspace's type.</summary>
    internal static Tensor Computed(Parameter p, Workspace ws) => p.Value.dtype == ws.ComputeType ? p.Value : p.Value.to(ws.ComputeType);

    private ulong MaskKey(Tape t) => CounterRandom.Key(t.Seed, _nameHash);

    private void FillMask(Workspace ws, Tensor mask_TI, ulong key)
    {
        if (RecordedMask is not null)
        {
            mask_TI.copy_(RecordedMask());
            return;
        }

        using Buffer wide = ws.Rent(ScalarType.Float32, mask_TI.shape);
        CounterRandom.FillDropout(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(wide.Tensor.bytes), key, Dropout);
        mask_TI.copy_(wide.Tensor);
    }
}
