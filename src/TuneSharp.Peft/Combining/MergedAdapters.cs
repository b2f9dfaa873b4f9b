using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Combining;

/// <summary>
/// Adapters within the weights themselves: no cost at each pass, for instance to generate much. What the weights were before
/// is kept, so that taking them out gives the base back bit for bit (subtracting again would not).
/// </summary>
public sealed class MergedAdapters : IDisposable
{
    private readonly IReadOnlyList<ITuningMethod> _adapters;
    private readonly List<(Parameter Parameter, Tensor Before)> _kept = [];
    private bool _merged = true;

    private MergedAdapters(IReadOnlyList<ITuningMethod> adapters) => _adapters = adapters;

    /// <summary>Bytes of the kept weights.</summary>
    public long KeptBytes => _kept.Sum(kept => kept.Before.numel() * kept.Before.element_size());

    /// <summary>
    /// Adds what the attached ones of the adapters do, each with its strength, to the model's weights and detaches them. Sums
    /// are made in float32 and rounded once to the weight's type.
    /// </summary>
    /// <param name="adapters">On one model. Those that are not attached are left out.</param>
    /// <exception cref="InvalidInputException">One of them cannot be merged, or a weight is packed; nothing was changed.</exception>
    public static MergedAdapters Merge(IEnumerable<ITuningMethod> adapters)
    {
        var merged = new MergedAdapters([.. adapters.Where(adapter => adapter.Attached)]);
        WeightChange[] changes = [.. merged._adapters.SelectMany(method => method.WeightChanges ?? throw NotMergeable(method))];
        if (changes.FirstOrDefault(change => change.Parameter.Packed is not null) is { } packed)
            throw new InvalidInputException($"{packed.Parameter.Name} is stored as {packed.Parameter.Packed!.Storage}: nothing can be added to it in memory.", null, "Write a merged model instead, or load the base without quantization.");
        using var off = no_grad();
        foreach (ITuningMethod method in Enumerable.Reverse(merged._adapters)) method.Detach();
        foreach (IGrouping<Parameter, WeightChange> group in changes.GroupBy(change => change.Parameter))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor value = group.Key.Value;
            merged._kept.Add((group.Key, value.clone().DetachFromDisposeScope()));
            Tensor sum = value.to(value.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32, copy: true);
            foreach (WeightChange change in group.OrderByDescending(change => change.Replaces).ThenBy(change => change.Scales)) change.Apply(sum);
            value.copy_(sum);
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
        foreach (ITuningMethod adapter in _adapters) adapter.Attach();
        Free();
    }

    /// <summary>Forgets what the weights were: they stay merged.</summary>
    public void Dispose()
    {
        _merged = false;
        Free();
    }

    private static InvalidInputException NotMergeable(ITuningMethod method) =>
        new($"An adapter of the method {method.Name} cannot become part of the weights.", null, "Use it beside its base.");

    private void Free()
    {
        foreach ((_, Tensor before) in _kept) before.Dispose();
        _kept.Clear();
    }
}
