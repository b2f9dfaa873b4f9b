using TuneSharp.Formats;
using TuneSharp.Nn;

namespace TuneSharp.Peft.Combining;

/// <param name="Name">Unique within the set.</param>
/// <param name="Method">On the model while it is switched on.</param>
public sealed record NamedAdapter(string Name, ITuningMethod Method)
{
    /// <summary>True while it takes part.</summary>
    public bool IsOn => Method.Attached;

    /// <summary>Multiplies what the adapter does; 1 as trained.</summary>
    public double Scale => Method.Strength;
}

/// <summary>
/// Several adapters on one model, each with a name, a scale, on or off. What those that are on do adds up, as PEFT's
/// set_adapter with a list does.
/// </summary>
public sealed class AdapterSet(TunableModel model) : IDisposable
{
    private readonly List<NamedAdapter> _adapters = [];

    public IReadOnlyList<NamedAdapter> Adapters => _adapters;

    /// <summary>Loads an adapter and switches it on.</summary>
    /// <param name="name">What a person calls it.</param>
    /// <param name="folder">PEFT layout.</param>
    /// <param name="scale">Multiplies what it does.</param>
    /// <exception cref="InvalidInputException">It does not fit the model, its name is taken, or it cannot be together with another one of the set.</exception>
    public NamedAdapter Load(string name, string folder, double scale = 1)
    {
        CheckScale(scale, name);
        if (_adapters.Exists(adapter => adapter.Name == name)) throw new InvalidInputException($"There are two adapters with the name '{name}'.", folder, "Give one of them another name: NAME=FOLDER.");
        ITuningMethod method = PeftCatalog.LoadAdapter(folder, model);
        try
        {
            CheckTogether(name, method);
            method.Strength = scale;
        }
        catch
        {
            method.Dispose();
            throw;
        }
        var added = new NamedAdapter(name, method);
        _adapters.Add(added);
        return added;
    }

    /// <summary>Adapters that add up can be together; a weight can be replaced by one of them only.</summary>
    private void CheckTogether(string name, ITuningMethod method)
    {
        foreach (NamedAdapter other in _adapters)
        {
            if (method.WeightChanges is not { } mine || other.Method.WeightChanges is not { } others)
                throw new InvalidInputException($"The adapters '{other.Name}' ({other.Method.Name}) and '{name}' ({method.Name}) cannot be used together.", null, "Only adapters that change weights (as LoRA does) can be combined; use the other one alone.");
            WeightChange? both = mine.FirstOrDefault(change => change.Replaces && others.Any(theirs => theirs.Replaces && ReferenceEquals(theirs.Parameter, change.Parameter)));
            if (both is not null)
                throw new InvalidInputException($"The adapters '{other.Name}' and '{name}' both replace {both.Parameter.Name}, which can have one value only.", null, "Use one of them alone, or adapters that were trained with bias: none and without modules_to_save.");
        }
    }

    /// <exception cref="InvalidInputException">There is none with this name; the text lists those that there are.</exception>
    public NamedAdapter Find(string name) => _adapters.Find(adapter => adapter.Name == name)
        ?? throw new InvalidInputException($"There is no adapter '{name}'.", null, _adapters.Count == 0 ? "Load one with --adapter." : $"There are: {string.Join(", ", _adapters.Select(adapter => adapter.Name))}.");

    /// <summary>Switches one on or off; off leaves no trace in the model.</summary>
    public void Switch(string name, bool on)
    {
        ITuningMethod method = Find(name).Method;
        if (on) method.Attach();
        else method.Detach();
    }

    /// <summary>Switches all on or off.</summary>
    public void SwitchAll(bool on)
    {
        foreach (NamedAdapter adapter in _adapters) Switch(adapter.Name, on);
    }

    /// <param name="name">Of the set.</param>
    /// <param name="scale">1 as trained, 0 nothing, negative the opposite.</param>
    public void SetScale(string name, double scale)
    {
        CheckScale(scale, name);
        Find(name).Method.Strength = scale;
    }

    /// <summary>Adds what those that are on do to the model's weights.</summary>
    public MergedAdapters Merge() => MergedAdapters.Merge(_adapters.Select(adapter => adapter.Method));

    public void Dispose()
    {
        // The last one first: each gives the biases back that it found.
        foreach (NamedAdapter adapter in Enumerable.Reverse(_adapters)) adapter.Method.Dispose();
        _adapters.Clear();
    }

    private static void CheckScale(double scale, string name)
    {
        if (!double.IsFinite(scale) || Math.Abs(scale) > 1000) throw new InvalidInputException($"The scale of adapter '{name}' is {scale}; it must be between -1000 and 1000.", null, "1 is as trained.");
    }
}
