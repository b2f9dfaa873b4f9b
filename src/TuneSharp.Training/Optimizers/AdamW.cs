using TorchSharp;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101) as torch.optim.AdamW computes it, in libtorch's fused form:
/// <code>
/// p ← p (1 - lr λ);  m ← β1 m + (1 - β1) g;  v ← β2 v + (1 - β2) g²;  p ← p - lr m̂ / (√v̂ + ε),  m̂ = m / (1 - β1ᵗ), v̂ = v / (1 - β2ᵗ)
/// </code>
/// Moments are float32. A parameter that is stored in 16 bits has a float32 master that is stepped and then rounded into it.
/// The plain version is <see cref="AdamWReference"/>.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly IReadOnlyList<Group> _groups;
    private readonly AdamWOptions _options;
    private readonly Tensor _step;

    /// <param name="parameters">What is trained; the order does not matter, names are the keys of the saved state.</param>
    /// <param name="options">Betas, epsilon, weight decay.</param>
    /// <param name="decays">Which parameters decay; <see cref="WeightDecayRule.Decays"/> if null.</param>
    public AdamW(IReadOnlyList<Parameter> parameters, AdamWOptions options, Func<string, bool>? decays = null)
    {
        _options = options;
        decays ??= WeightDecayRule.Decays;
        _groups =
        [
            .. new[] { true, false }
                .Select(decayed => new Group([.. parameters.Where(p => decays(p.Name) == decayed).Select(p => new Entry(p, options.Amsgrad))], decayed ? options.WeightDecay : 0))
                .Where(group => group.Entries.Count > 0),
        ];
        using var outside = NewDisposeScope();
        _step = zeros(1).DetachFromDisposeScope();
    }

    /// <summary>Steps done so far; they enter the bias correction.</summary>
    public int CompletedSteps { get; private set; }

    public void Step(double learningRate)
    {
        using var off = no_grad();
        _step.fill_(++CompletedSteps);
        foreach (Group group in _groups)
        {
            // A parameter that got no gradient (a head without a labelled token, say) is left alone, as in torch.
            List<Entry> live = [.. group.Entries.Where(entry => entry.Parameter.Grad is not null)];
            if (live.Count == 0) continue;
            OptimizerScripts.AdamW([.. live.Select(e => e.Weight)], [.. live.Select(e => e.Parameter.Grad!)], [.. live.Select(e => e.Mean)],
                [.. live.Select(e => e.Square)], [.. live.Select(e => e.MaxSquare ?? e.Square)], _step, learningRate, _options, group.WeightDecay);
            foreach (Entry entry in live) entry.Round();
        }
    }

    /// <summary>
    /// Everything that the next step depends on, by name: <c>exp_avg.*</c>, <c>exp_avg_sq.*</c>, <c>max_exp_avg_sq.*</c>,
    /// <c>master.*</c>, all float32 and live: to load a state, write into them.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> State
    {
        get
        {
            var state = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
            foreach (Entry entry in _groups.SelectMany(group => group.Entries))
            {
                state["exp_avg." + entry.Parameter.Name] = entry.Mean;
                state["exp_avg_sq." + entry.Parameter.Name] = entry.Square;
                if (entry.MaxSquare is not null) state["max_exp_avg_sq." + entry.Parameter.Name] = entry.MaxSquare;
                if (entry.Master is not null) state["master." + entry.Parameter.Name] = entry.Master;
            }

            return state;
        }
    }

    /// <summary>To be called after <see cref="State"/> was overwritten with that of a checkpoint.</summary>
    public void Resume(int completedSteps)
    {
        CompletedSteps = completedSteps;
        using var off = no_grad();
        foreach (Entry entry in _groups.SelectMany(group => group.Entries)) entry.Round();
    }

    public void Dispose()
    {
        foreach (Entry entry in _groups.SelectMany(group => group.Entries)) entry.Dispose();
        _step.Dispose();
    }

    private sealed record Group(IReadOnlyList<Entry> Entries, double WeightDecay);

    private sealed class Entry : IDisposable
    {
        public Entry(Parameter parameter, bool amsgrad)
        {
            Parameter = parameter;
            using var off = no_grad();
            using var outside = NewDisposeScope();
            Tensor value = parameter.Value;
            Mean = zeros(value.shape, float32, value.device).DetachFromDisposeScope();
            Square = zeros(value.shape, float32, value.device).DetachFromDisposeScope();
            if (amsgrad) MaxSquare = zeros(value.shape, float32, value.device).DetachFromDisposeScope();
            if (value.dtype != float32) Master = value.to(float32).DetachFromDisposeScope();
        }

        public Parameter Parameter { get; }

        public Tensor Mean { get; }

        public Tensor Square { get; }

        public Tensor? MaxSquare { get; }

        public Tensor? Master { get; }

        public Tensor Weight => Master ?? Parameter.Value;

        public void Round()
        {
            if (Master is not null) Parameter.Value.copy_(Master);
        }

        public void Dispose()
        {
            Mean.Dispose();
            Square.Dispose();
            MaxSquare?.Dispose();
            Master?.Dispose();
        }
    }
}
