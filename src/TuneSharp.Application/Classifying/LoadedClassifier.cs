using System.Globalization;
using TuneSharp.Application.Models;
using TuneSharp.Data.Classification;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft;

namespace TuneSharp.Application.Classifying;

/// <summary>A classifier in memory with everything that using it takes: its text side, its adapter, the names of its classes.</summary>
public sealed class LoadedClassifier : IDisposable
{
    private readonly ITuningMethod? _adapter;

    private LoadedClassifier(ModelReference reference, ModelText text, ISequenceClassifier model, ITuningMethod? adapter)
    {
        Reference = reference;
        Text = text;
        Model = model;
        _adapter = adapter;
        Labels = new LabelSpace(model.Problem, model.LabelNames)
        {
            Spellings = Enumerable.Range(0, model.NumLabels).Select(i => i.ToString(CultureInfo.InvariantCulture)).Where(number => !model.LabelNames.Contains(number)).ToDictionary(number => number, number => int.Parse(number, CultureInfo.InvariantCulture)),
        };
    }

    public ModelReference Reference { get; }

    public ModelText Text { get; }

    public ISequenceClassifier Model { get; }

    /// <summary>What its outputs stand for; numbers of classes are understood too.</summary>
    public LabelSpace Labels { get; }

    /// <summary>True if the model, or the adapter that is put on it, has a head for classes.</summary>
    public static bool Is(ModelReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return HeadOf(reference) is not null;
    }

    /// <param name="threads">Null: one for each core.</param>
    /// <exception cref="InvalidInputException">The model is no classifier, or several adapters are named.</exception>
    public static LoadedClassifier Load(ModelReference reference, ModelSettings settings, int? threads)
    {
        ArgumentNullException.ThrowIfNull(reference);
        TorchRuntime.EnsureLoaded();
        TorchSharp.torch.set_num_threads(threads ?? Environment.ProcessorCount);
        ExistingHead head = HeadOf(reference)
            ?? throw new InvalidInputException("The model is no classifier: it has no classification head.", reference.Folder, "Name a classifier or a run with task: classification; `tunesharp train --task classification` makes one.");
        if (reference.Adapters.Count > 1) throw new InvalidInputException("A classifier takes one adapter: each has a head of its own.", null, "Name one of them.");
        ModelText text = ModelText.Load(reference.Folder, reference.Adapter);
        // The weights of a new head are the adapter's: they are read over it.
        NewHead? ofAdapter = reference.Adapter is null ? null : new NewHead(head.Names, head.Problem ?? (head.Names.Count == 1 ? ProblemType.Regression : ProblemType.SingleLabelClassification));
        ISequenceClassifier model = ModelCatalog.LoadClassifier(reference.Folder, settings, ofAdapter, text.Config);
        try
        {
            return new LoadedClassifier(reference, text, model, reference.Adapter is null ? null : PeftCatalog.LoadAdapter(reference.Adapter, model.Tunable));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _adapter?.Dispose();
        Model.Dispose();
    }

    private static ExistingHead? HeadOf(ModelReference reference)
    {
        if (reference.Adapter is { } folder)
        {
            using AdapterFolder adapter = AdapterFolder.Open(folder);
            if (ClassifierConfig.HeadOf(adapter) is { } own) return own;
        }
        return ClassifierConfig.HeadOf(ModelCatalog.ReadConfig(reference.Folder));
    }
}
