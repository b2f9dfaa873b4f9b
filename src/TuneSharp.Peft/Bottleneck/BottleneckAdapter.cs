// T = tokens, D = the model's width, B = the adapter's
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Prompts;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Bottleneck;

/// <summary>
/// A bottleneck in the slot of a <see cref="ResidualSum"/>, of which h is the sub-layer's output and r what went into it.
/// <code>
/// f(x) = s · W_up a(W_down norm?(x) + b) + b
/// one after the other:  x = norm(h + r) or h      y = norm?(f(x) [+ q]) [+ q]  with q = h or x      out = norm(y + r)
/// beside each other:    out = norm(norm?(f(r)) + h + r)
/// </code>
/// norm? are its own, which may be missing; norm is the model's, which llama and its like do not have here.
/// </summary>
internal sealed class BottleneckAdapter : IResidualAdapter, IDisposable
{
    private const double Eps = 1e-5;

    private readonly BottleneckConfig _config;
    private readonly Activation _activation;
    private readonly Linear _down, _up;
    private readonly LayerNorm? _before, _after;
    private readonly List<Parameter> _parameters = [];

    /// <param name="sum">Whose slot it gets.</param>
    /// <param name="prefix">Of its tensors' names.</param>
    /// <param name="config">What it is.</param>
    public BottleneckAdapter(ResidualSum sum, string prefix, BottleneckConfig config)
    {
        Sum = sum;
        _config = config;
        _activation = BottleneckConfig.ActivationOf(config.NonLinearity)!.Value;
        int width = config.WidthOf(sum.Width);
        if (config.NormBefore) _before = new LayerNorm(New(prefix + "adapter_norm_before.weight", sum.Width), New(prefix + "adapter_norm_before.bias", sum.Width), Eps);
        // The layers behind a norm are the second ones of a torch Sequential.
        string down = $"{prefix}adapter_down.{(config.NormBefore ? 1 : 0)}";
        _down = new Linear(down, New(down + ".weight", width, sum.Width), New(down + ".bias", width));
        _up = new Linear(prefix + "adapter_up", New(prefix + "adapter_up.weight", sum.Width, width), New(prefix + "adapter_up.bias", sum.Width));
        if (config.NormAfter) _after = new LayerNorm(New(prefix + "adapter_norm_after.weight", sum.Width), New(prefix + "adapter_norm_after.bias", sum.Width), Eps);
    }

    public ResidualSum Sum { get; }

    /// <summary>In the order in which they are computed with.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    public bool Trained => _parameters.Exists(parameter => parameter.Trained);

    public Var Forward(Tape t, Var x, Var h, Func<Tape, Var, Var>? norm)
    {
        Var y;
        if (_config.IsParallel) y = t.Add(h, Normed(t, Bottleneck(t, x)));
        else
        {
            Var input = _config.OriginalNormBefore ? Norm(Sum_TD(t, h, x)) : h;
            Var residual = _config.ResidualBeforeNorm ? h : input;
            Var f = Bottleneck(t, input);
            y = _config.AdapterResidualBeforeNorm ? Normed(t, t.Add(residual, f)) : t.Add(residual, Normed(t, f));
        }
        return Norm(t.Add(x, y));

        Var Norm(Var value) => norm is null ? value : norm(t, value);
    }

    /// <summary>First values as the library's: `bert` and `houlsby` normal, `mam_adapter` uniform with an output of 0.</summary>
    public void Initialise(long seed)
    {
        using var off = no_grad();
        foreach (Parameter norm in _parameters.Where(parameter => parameter.Name.Contains("adapter_norm", StringComparison.Ordinal)))
            norm.Value.fill_(norm.Name.EndsWith(".weight", StringComparison.Ordinal) ? Number.One : Number.Zero);
        if (_config.Init == "mam_adapter")
        {
            double bound = 1 / Math.Sqrt(_down.In);
            FirstValues.Uniform(_down.Weight, seed, bound);
            return;
        }
        FirstValues.Normal(_down.Weight, seed, 0.02);
        FirstValues.Normal(_up.Weight, seed, 0.02);
    }

    public void Dispose()
    {
        foreach (Parameter parameter in _parameters) parameter.Dispose();
    }

    private Var Bottleneck(Tape t, Var x)
    {
        Var input = _before is null ? x : _before.Forward(t, x);
        Var f = _up.Forward(t, t.Activate(_down.Forward(t, input), _activation));
        return _config.Scaling == 1 ? f : t.Scale(f, _config.Scaling);
    }

    private Var Normed(Tape t, Var f) => _after is null ? f : _after.Forward(t, f);

    /// <summary>h + x in a buffer of its own: both are read again.</summary>
    private static Var Sum_TD(Tape t, Var h, Var x) => t.Torch([h, x], [], (values, _) => values[0].add(values[1], Number.One));

    private Parameter New(string name, params long[] shape)
    {
        using var off = no_grad();
        var parameter = new Parameter(name, zeros(shape));
        _parameters.Add(parameter);
        return parameter;
    }
}
