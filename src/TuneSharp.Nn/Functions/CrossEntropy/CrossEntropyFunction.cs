using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// Output head and cross-entropy, for labelled tokens only and in pieces, so that the logits of all tokens never exist.
/// <code>
/// loss = sum_N(log sum_V exp(z_NV) - z_N,label) / divisor      z_NV = head(h_ND)      N labelled tokens
/// dZ = (softmax(z) - onehot(label)) / divisor                  dH and the head's gradients from dZ, in forward
/// </code>
/// <see cref="TokenLoss"/> changes a token's loss, with l = log sum_V exp(z), p = softmax(z), q = p[label]:
/// <code>
/// smoothing ε   l - (1 - ε) z_label - ε mean_V(z)      dz = p - (1 - ε) onehot(label) - ε / V
/// z-loss ζ      + ζ l²                                 dz + 2 ζ l p
/// focus γ       -(1 - q)^γ log q                       dz = ((1 - q)^γ - γ q (1 - q)^(γ - 1) log q) (p - onehot(label))
/// </code>
/// A root: its gradient is computed together with the loss and taken as 1, so nothing may follow it but
/// <see cref="Tape.Backward"/>. The divisor is the number of labelled tokens of the whole optimizer step, over all its
/// micro-batches: then the step does not depend on how it was divided.
/// </summary>
public static class CrossEntropyFunction
{
    /// <summary>Logits held at once: 128 MB in float32.</summary>
    private const long LogitElements = 32 << 20;

    /// <summary>Odd and large, so that the seeds of pieces are not those of other steps.</summary>
    private const long PieceSeed = unchecked((long)0x9E3779B97F4A7C15);

    /// <param name="t">Where it is recorded.</param>
    /// <param name="hidden">[T, D], after the final norm.</param>
    /// <param name="head">D to vocabulary, with its adapters.</param>
    /// <param name="batch">Labels.</param>
    /// <param name="divisor">What the sum of losses is divided by.</param>
    /// <param name="tokenLosses">If given: the loss of each labelled token in nats, not divided, [NumLabels].</param>
    /// <param name="form">Smoothing, z-loss, focus; null: plain cross-entropy.</param>
    /// <returns>[1]: the sum of losses / divisor.</returns>
    public static Var CrossEntropy(this Tape t, Var hidden, Linear head, TokenBatch batch, double divisor, float[]? tokenLosses = null, TokenLoss? form = null) =>
        t.CrossEntropy(hidden, head, batch, divisor, tokenLosses, form ?? TokenLoss.Plain, LogitElements);

    internal static Var CrossEntropy(this Tape t, Var hidden, Linear head, TokenBatch batch, double divisor, float[]? tokenLosses, TokenLoss form, long logitsHeld)
    {
        form.Check();
        if (batch.NumLabels == 0) throw new ArgumentException("No token of this batch has a label: there is nothing to learn or measure.", nameof(batch));
        if (!(divisor > 0)) throw new ArgumentOutOfRangeException(nameof(divisor), divisor, "The divisor is a number above 0.");
        foreach (int label in batch.Labels)
            if (label < 0 || label >= head.Out) throw new ArgumentException($"Label {label} is outside the vocabulary of {head.Out}.", nameof(batch));

        using DisposeScope scope = NewDisposeScope();
        Workspace ws = t.Workspace;
        bool headTrained = head.Weight.Trained || head.Bias is { Trained: true } || head.Adapters.Exists(a => a.Trained);
        bool needsGrad = hidden.NeedsGrad || headTrained;
        Buffer? dHidden = t.Recording && hidden.NeedsGrad ? t.Rent(hidden.Data.shape) : null;
        dHidden?.Tensor.zero_();

        long pieces = Math.Min(batch.NumLabels, (batch.NumLabels * (long)head.Out + logitsHeld - 1) / logitsHeld);
        int rows = (int)((batch.NumLabels + pieces - 1) / pieces);
        double sum = 0;
        for (int at = 0; at < batch.NumLabels; at += rows)
        {
            int count = Math.Min(rows, batch.NumLabels - at);
            sum += Piece(t, hidden, head, batch, at, count, (divisor, form), needsGrad && t.Recording, dHidden, tokenLosses);
        }

        Buffer loss = t.Rent(ws.WideType, 1);
        loss.Tensor.fill_(Number.Of(sum / divisor));
        if (dHidden is not null) t.Keep(dHidden);
        return t.Record(loss, needsGrad, _ =>
        {
            if (dHidden is not null) hidden.Give(dHidden.Hold());
        });
    }

    /// <summary>Labelled tokens at … at + count - 1: their losses' sum; their gradients if wanted.</summary>
    private static double Piece(Tape t, Var hidden, Linear head, TokenBatch batch, int at, int count, (double Divisor, TokenLoss Form) loss, bool gradients, Buffer? dHidden, float[]? tokenLosses)
    {
        using DisposeScope scope = NewDisposeScope();
        Workspace ws = t.Workspace;
        long[] tokens = new long[count], labels = new long[count];
        for (int i = 0; i < count; i++) (tokens[i], labels[i]) = (batch.LabelledTokens[at + i], batch.Labels[at + i]);
        Tensor token_N = torch.tensor(tokens), label_N1 = torch.tensor(labels).unsqueeze(1);

        // Each piece has a seed of its own, or dropout would set the same places of every piece to 0.
        using var inner = new Tape(ws, gradients) { Training = t.Training, Seed = unchecked(t.Seed + at * PieceSeed) };
        Buffer rows_ND = inner.Rent(count, head.In);
        Aten.Rows(hidden.Data, token_N, rows_ND.Tensor);
        Var h_ND = inner.Leaf(rows_ND, dHidden is not null);
        Var z = head.Forward(inner, h_ND);

        // From here on z's buffer turns into its own gradient, unless it must be widened first.
        bool widen = ws.WideType != ws.ComputeType;
        using Buffer z_NV = widen ? ws.Rent(ws.WideType, z.Data.shape) : z.Buffer.Hold();
        if (widen) z_NV.Tensor.copy_(z.Data);
        Tensor z_ = z_NV.Tensor;
        (double divisor, TokenLoss form) = loss;
        Tensor largest_N1 = z_.amax([1], true);
        z_.sub_(largest_N1);
        Tensor chosen_N1 = z_.gather(1, label_N1), mean_N1 = form.LabelSmoothing == 0 ? chosen_N1 : z_.mean([1], true);
        Tensor sum_N1 = z_.exp_().sum(1, true), log_N1 = sum_N1.log();
        Tensor loss_N1 = log_N1.sub(form.LabelSmoothing == 0 ? chosen_N1 : chosen_N1.mul(Number.Of(1 - form.LabelSmoothing)).add_(mean_N1, Number.Of(form.LabelSmoothing)));

        // dz = (weight · (1 - target) + z-loss's part) p - weight · target, for p = z / sum from here on.
        Tensor? weight_N1 = null, onP_N1 = null;
        if (form.FocalGamma > 0) weight_N1 = Focus(loss_N1, form.FocalGamma);
        if (form.ZLoss > 0)
        {
            Tensor whole_N1 = log_N1.add(largest_N1, Number.One);
            onP_N1 = whole_N1.mul(Number.Of(2 * form.ZLoss));
            loss_N1.addcmul_(whole_N1, whole_N1, Number.Of(form.ZLoss));
        }
        if (tokenLosses is not null)
            loss_N1.to(ScalarType.Float32).view(-1).data<float>().CopyTo(tokenLosses, at);

        if (gradients)
        {
            z_.div_(sum_N1.mul_(Number.Of(divisor)));
            if (weight_N1 is not null || onP_N1 is not null) z_.mul_((weight_N1 ?? torch.ones_like(loss_N1)).add(onP_N1 ?? torch.zeros_like(loss_N1), Number.One));
            if (form.LabelSmoothing > 0) z_.sub_(Number.Of(form.LabelSmoothing / (head.Out * divisor)));
            Tensor target_N1 = weight_N1?.div_(Number.Of(-divisor)) ?? torch.full_like(chosen_N1, Number.Of((form.LabelSmoothing - 1) / divisor));
            z_.scatter_add_(1, label_N1, target_N1);
            Buffer dZ = widen ? ws.Rent(z_.shape) : z_NV.Hold();
            if (widen) dZ.Tensor.copy_(z_);
            inner.Backward(z, dZ);
            if (Tape.GradientOf(h_ND) is { } dH)
            {
                using (dH) dHidden!.Tensor.index_copy_(0, token_N, dH.Tensor);
            }
        }
        return loss_N1.sum(ScalarType.Float64).item<double>();
    }

    /// <summary>Turns -log q into the focal loss, in place.</summary>
    /// <returns>What its gradient is of that of -log q.</returns>
    private static Tensor Focus(Tensor loss_N1, double gamma)
    {
        // 1 - q without loss of digits where q is near 1.
        Tensor unknown_N1 = loss_N1.neg().expm1_().neg_(), chosen_N1 = loss_N1.neg().exp_();
        Tensor factor_N1 = unknown_N1.pow(Number.Of(gamma));
        // At q = 1 the second term is 0, whatever γ: log q vanishes as fast as 1 - q.
        Tensor second_N1 = loss_N1.mul(chosen_N1).mul_(Number.Of(gamma)).mul_(unknown_N1.pow(Number.Of(gamma - 1)));
        loss_N1.mul_(factor_N1);
        return factor_N1.add_(second_N1.where(unknown_N1.gt(Number.Zero), torch.zeros_like(second_N1)), Number.One);
    }

    /// <summary>The same in plain torch operations, differentiated by autograd: the sum over labels ≠ -100.</summary>
    internal static Tensor Reference(Tensor hidden, Tensor weight, Tensor tokens, Tensor labels, TokenLoss form)
    {
        Tensor z = hidden.index_select(0, tokens).mm(weight.t()), logProbabilities = nn.functional.log_softmax(z, 1);
        Tensor likelihood = logProbabilities.gather(1, labels.unsqueeze(1));
        Tensor plain = -((1 - likelihood.exp()).pow(form.FocalGamma) * likelihood).sum();
        return plain * (1 - form.LabelSmoothing) - logProbabilities.mean([1]).sum() * form.LabelSmoothing + z.logsumexp(1).square().sum() * form.ZLoss;
    }
}
