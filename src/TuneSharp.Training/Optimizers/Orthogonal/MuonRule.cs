// a matrix [I, J]
using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Momentum whose matrix is brought near the closest orthogonal one by Newton-Schulz steps in bfloat16 (Jordan et al. 2024; torch.optim.Muon):
/// <code>
/// m ← μ m + (1 - μ) g;  u = μ m + (1 - μ) g (Nesterov) or m;  X = u / |u|;  X ← a X + (b XXᵀ + c (XXᵀ)²) X, n times
/// p ← p (1 - lr λ) - lr s X      s = √max(1, I / J), or 0.2 √max(I, J) to match AdamW's root mean square
/// </code>
/// It is for matrices; biases, norms and whatever else has not two dimensions are stepped by AdamW.
/// </summary>
/// <param name="Momentum">μ.</param>
/// <param name="Nesterov">Look ahead.</param>
/// <param name="Coefficients">a, b, c.</param>
/// <param name="Epsilon">Least norm that is divided by.</param>
/// <param name="NumSteps">n.</param>
/// <param name="MatchAdamW">The second form of s: AdamW's learning rates and decays can be kept.</param>
/// <param name="Others">The rule for what is no matrix.</param>
public sealed record MuonRule(double Momentum, bool Nesterov, (double A, double B, double C) Coefficients, double Epsilon, int NumSteps, bool MatchAdamW, AdamRule Others) : UpdateRule
{
    private const string Buffer = "momentum_buffer";

    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape) => shape.Count == 2 ? [new(Buffer, shape)] : Others.States(shape);

    public override void Update(IReadOnlyList<StepTarget> targets, double learningRate)
    {
        base.Update([.. targets.Where(target => target.Has(Buffer))], learningRate);
        StepTarget[] others = [.. targets.Where(target => !target.Has(Buffer))];
        if (others.Length > 0) Others.Update(others, learningRate);
    }

    protected override void Update(StepTarget target, Tensor g, double rate)
    {
        Tensor momentum = Approach(target[Buffer], g, 1 - Momentum);
        Tensor update = Orthogonal(Nesterov ? momentum.add(g.sub(momentum), Number.Of(1 - Momentum)) : momentum);
        (double i, double j) = (g.shape[0], g.shape[1]);
        double scale = MatchAdamW ? 0.2 * Math.Sqrt(Math.Max(i, j)) : Math.Sqrt(Math.Max(1, i / j));
        Decay(target, rate);
        target.Weight.add_(update.to(ScalarType.Float32), Number.Of(-rate * scale));
    }

    /// <summary>UVᵀ of the singular value decomposition, roughly: singular values come to lie around 1.</summary>
    private Tensor Orthogonal(Tensor matrix)
    {
        Tensor x = matrix.to(ScalarType.BFloat16, copy: true);
        bool tall = x.shape[0] > x.shape[1];
        if (tall) x = x.t();
        x = x.div(x.norm().clamp_min(Number.Of(Epsilon)));
        for (int step = 0; step < NumSteps; step++)
        {
            Tensor gram = x.mm(x.t());
            Tensor polynomial = gram.addmm(gram, gram, (float)Coefficients.B, (float)Coefficients.C);
            x = x.addmm(polynomial, x, (float)Coefficients.A, 1);
        }
        return tall ? x.t() : x;
    }
}
