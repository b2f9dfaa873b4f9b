using TuneSharp.Kernels;

namespace TuneSharp.Training.Optimizers;

/// <summary>The list behind <see cref="OptimizerCatalog"/>: names, and how arguments become a rule.</summary>
internal static class OptimizerEntries
{
    public static readonly IReadOnlyList<OptimizerEntry> All =
    [
        new(OptimizerCatalog.Default, ["adamw_torch_fused", "adamw_hf", "adamw", "paged_adamw_32bit", "paged_adamw"],
            "AdamW: mean and square of the gradient, decoupled decay. The usual choice.", AdamSettings.All, a => Adam(a, decoupled: true)),
        new("adamw_bnb_8bit", ["adamw_8bit", "paged_adamw_8bit", "adam_bnb_8bit"], "AdamW whose memory has eight bits a number: a quarter of it.", AdamSettings.All,
            a => EightBit(a, new PlainAdamRule(a.Beta1, a.Beta2, a.Epsilon))),
        new("adam", [], "Adam: decay is added to the gradient.", AdamSettings.All, a => Adam(a, a.Flag("decoupled_weight_decay", false))),
        new("nadam", [], "Adam with Nesterov's look ahead.", AdamSettings.All,
            a => new NAdamRule(a.Beta1, a.Beta2, a.Epsilon, a.NotNegative("momentum_decay", 4e-3), a.Flag("decoupled_weight_decay", false), a.Flag("maximize", false))),
        new("radam", [], "Adam that trusts its second moment only after some steps: needs no warm-up.", AdamSettings.All,
            a => new RAdamRule(a.Beta1, a.Beta2, a.Epsilon, a.Flag("decoupled_weight_decay", false), a.Flag("maximize", false))),
        new("adamax", [], "Adam with the largest gradient instead of the square.", AdamSettings.All, a => new AdamaxRule(a.Beta1, a.Beta2, a.Epsilon, a.Flag("maximize", false))),
        new("sgd", [], "Gradient descent: no memory, or one number a weight with momentum.", AdamSettings.None, Sgd),
        new("sgd_bnb_8bit", [], "Gradient descent with momentum of eight bits a number.", AdamSettings.None,
            a => EightBit(a, new SgdRule(a.Share("momentum", 0.9), a.NotNegative("dampening", 0)) is { Dampening: 0, Momentum: > 0 } rule ? rule : throw a.Wrong("momentum", "must be above 0, and dampening 0"))),
        new("rmsprop", ["rmsprop_bnb", "rmsprop_bnb_32bit"], "Gradient over the root of its running square.", AdamSettings.None,
            a => new RmsPropRule(a.Share("alpha", 0.99), a.NotNegative("eps", 1e-8), a.NotNegative("momentum", 0), a.Flag("centered", false), a.Flag("maximize", false))),
        new("rmsprop_bnb_8bit", [], "RMSprop whose memory has eight bits a number.", AdamSettings.None,
            a => EightBit(a, new RmsPropRule(a.Share("alpha", 0.99), a.NotNegative("eps", 1e-8)))),
        new("adagrad", [], "Gradient over the root of the sum of all its squares: the steps only get smaller.", AdamSettings.None,
            a => new AdagradRule(a.NotNegative("lr_decay", 0), a.NotNegative("initial_accumulator_value", 0), a.NotNegative("eps", 1e-10), a.Flag("maximize", false))),
        new("adadelta", [], "Steps in the parameter's own unit; the learning rate is usually 1.", AdamSettings.None,
            a => new AdadeltaRule(a.Share("rho", 0.9), a.NotNegative("eps", 1e-6), a.Flag("maximize", false))),
        new("adafactor", [], "Squares of rows and columns only: next to no memory. As transformers computes it.", AdamSettings.None, Adafactor),
        new("adafactor_torch", [], "Adafactor as torch.optim computes it: steps in proportion to the parameter.", AdamSettings.None,
            a => new TorchAdafactorRule(a.Number("beta2_decay") ?? -0.8, a.Number("eps1"), a.NotNegative("eps2", 1e-3), a.Positive("d", 1), a.Flag("maximize", false))),
        new("lion_32bit", ["lion", "paged_lion_32bit", "paged_lion"], "The sign of the momentum: half of AdamW's memory; wants a learning rate 3 to 10 times smaller.", AdamSettings.Betas,
            a => new LionRule(a.Beta1, a.Beta2, a.Flag("maximize", false))),
        new("lion_8bit", ["paged_lion_8bit"], "Lion whose memory has eight bits a number: an eighth of AdamW's.", AdamSettings.Betas, a => EightBit(a, new LionRule(a.Beta1, a.Beta2))),
        new("muon", [], "Matrices move by an orthogonalised momentum, the rest by AdamW.", AdamSettings.All, Muon),
    ];

    private static AdamRule Adam(OptimizerArguments a, bool decoupled) =>
        new(a.Beta1, a.Beta2, a.Epsilon, a.Flag("amsgrad", false), a.Flag("maximize", false), decoupled);

    private static EightBitRule EightBit(OptimizerArguments a, UpdateRule inner) =>
        new(inner, a.Count("min_8bit_size", 4096), a.Choice("codes", "nearest", "lookup") == "lookup" ? CodeRule.LookUp : CodeRule.Nearest);

    private static SgdRule Sgd(OptimizerArguments a)
    {
        var rule = new SgdRule(a.NotNegative("momentum", 0), a.NotNegative("dampening", 0), a.Flag("nesterov", false), a.Flag("maximize", false));
        return rule.Nesterov && (rule.Momentum == 0 || rule.Dampening != 0) ? throw a.Wrong("nesterov", "needs a momentum and no dampening") : rule;
    }

    private static AdafactorRule Adafactor(OptimizerArguments a)
    {
        double? beta1 = a.Number("beta1") is null ? null : a.Share("beta1", 0);
        var rule = new AdafactorRule(a.NotNegative("eps1", 1e-30), a.NotNegative("eps2", 1e-3), a.Positive("clip_threshold", 1), a.Number("decay_rate") ?? -0.8, beta1,
            a.Flag("scale_parameter", false), a.Flag("relative_step", false), a.Flag("warmup_init", false));
        return rule is { WarmupInit: true, RelativeStep: false } ? throw a.Wrong("warmup_init", "needs relative_step=true") : rule;
    }

    private static MuonRule Muon(OptimizerArguments a)
    {
        (double, double, double) coefficients = (a.Number("ns_coefficient1") ?? 3.4445, a.Number("ns_coefficient2") ?? -4.775, a.Number("ns_coefficient3") ?? 2.0315);
        return new MuonRule(a.Share("momentum", 0.95), a.Flag("nesterov", true), coefficients, a.NotNegative("ns_eps", 1e-7), a.Count("ns_steps", 5),
            a.Choice("adjust_lr_fn", "original", "match_rms_adamw") == "match_rms_adamw", new AdamRule(a.Beta1, a.Beta2, a.Epsilon));
    }
}
