using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft;
using TuneSharp.Peft.Combining;

namespace TuneSharp.Application.Models;

/// <summary>A model in memory with everything that using it takes: its text side, end tokens, adapter.</summary>
public sealed class LoadedModel : IDisposable
{
    private LoadedModel(ModelReference reference, ModelText text, ICausalLm model, AdapterSet adapters, IReadOnlyList<int> endIds)
    {
        Reference = reference;
        Text = text;
        Model = model;
        Adapters = adapters;
        EndIds = endIds;
    }

    public ModelReference Reference { get; }

    public ModelText Text { get; }

    public ICausalLm Model { get; }

    /// <summary>Frozen; each can be switched on and off and be scaled.</summary>
    public AdapterSet Adapters { get; }

    /// <summary>The first of <see cref="Adapters"/>; null without one.</summary>
    public ITuningMethod? Adapter => Adapters.Adapters is [var first, ..] ? first.Method : null;

    /// <summary>Every token that any of the model's files calls an end.</summary>
    public IReadOnlyList<int> EndIds { get; }

    /// <param name="threads">Null: one for each core.</param>
    public static LoadedModel Load(ModelReference reference, ModelSettings settings, int? threads)
    {
        TorchRuntime.EnsureLoaded();
        TorchSharp.torch.set_num_threads(threads ?? Environment.ProcessorCount);
        ModelText text = ModelText.Load(reference.Folder, reference.Adapter);
        ICausalLm model = ModelCatalog.Load(reference.Folder, reference.Loading(settings), text.Config);
        var adapters = new AdapterSet(model.Tunable);
        try
        {
            foreach (AdapterReference adapter in reference.Adapters) adapters.Load(adapter.Name, adapter.Folder, adapter.Scale);
            return new LoadedModel(reference, text, model, adapters, EndIdsOf(reference.Folder, text));
        }
        catch
        {
            adapters.Dispose();
            model.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Adapters.Dispose();
        Model.Dispose();
    }

    private static List<int> EndIdsOf(string folder, ModelText text)
    {
        var ids = new HashSet<int>(text.Config.GetIds("eos_token_id"));
        string generation = Path.Combine(folder, "generation_config.json");
        if (File.Exists(generation)) ids.UnionWith(GenerationConfig.EndIds(generation));
        if (text.Tokenizer.SpecialTokens.Eos is { } eos) ids.Add(eos.Id);
        return [.. ids];
    }
}
