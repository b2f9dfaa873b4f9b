using TorchSharp;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Lora;

/// <summary>
/// Adapters within the weights themselves: no cost at each pass, for instance to generate much. What the weights were before
/// is kept, so that taking them out gives the base back bit for bit (subtracting again would not).
/// </summary>
public sealed class MergedAdapters : IDisposable
{
    private readonly IReadOnlyList<LoraMethod> _adapters;
    private readonly List<(Parameter Parameter, Tensor Before)> _kept = [];
    private bool _merged = true;

    private MergedAdapters(IReadOnlyList<LoraMethod> adapters) => _adapters = adapters;

    /// <summary>Bytes of the kept weights.</summary>
    public long KeptBytes => _kept.Sum(kept => kept.Before.numel() * kept.Before.element_size());

    /// <summary>
    /// Adds what the attached ones of the adapters do, each with its strength, to the model's weights and detaches them.
    /// </summary>
    /// <param name="adapters">On one model. Those that are not attached are left out.</param>
    public static MergedAdapters Merge(IEnumerable<LoraMethod> adapters)
    {
        var merged = new MergedAdapters([.. adapters.Where(adapter => adapter.Attached)]);
        using var off = no_grad();
        foreach (LoraMethod method in merged._adapters)
        {
            foreach (LoraAdapter adapter in method.Adapters)
            {
                merged.Keep(adapter.Linear.Weight);
                adapter.AddTo(adapter.Linear.Weight.Value);
            }

            // The biases stay those of the adapter; the slots become empty.
            var biases = method.Replaced.Select(pair => (pair.Parameter, Value: pair.Value.clone())).ToArray();
            method.Detach();
            foreach ((Parameter parameter, Tensor value) in biases)
            {
                merged.Keep(parameter);
                parameter.Value.copy_(value);
                value.Dispose();
            }
        }
        return merged;
    }

    /// <summary>The weights are bit for bit those of the base, and the adapters are attached again.</summary>
    public void Unmerge()
    {
        if (!_merged) return;
        _merged = false;
        using var off = no_grad();
        foreach ((Parameter parameter, Tensor before) in _kept) parameter.Value.copy_(before);
        foreach (LoraMethod adapter in _adapters) adapter.Attach();
        Free();
    }

    /// <summary>Forgets what the weights were: they stay merged.</summary>
    public void Dispose()
    {
        _merged = false;
        Free();
    }

    private void Keep(Parameter parameter)
    {
        if (!_kept.Exists(kept => ReferenceEquals(kept.Parameter, parameter))) _kept.Add((parameter, parameter.Value.clone().DetachFromDisposeScope()));
    }

    private void Free()
    {
        foreach ((_, Tensor before) in _kept) before.Dispose();
        _kept.Clear();
    }
}
