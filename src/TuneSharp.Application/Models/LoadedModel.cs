using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft;

namespace TuneSharp.Application.Models;

/// <summary>A model in memory with everything that using it takes: its text side, end tokens, adapter.</summary>
public sealed class LoadedModel : IDisposable
{
    private LoadedModel(ModelReference reference, ModelText text, ICausalLm model, ITuningMethod? adapter, IReadOnlyList<int> endIds)
    {
        Reference = reference;
        Text = text;
        Model = model;
        Adapter = adapter;
        EndIds = endIds;
    }

    public ModelReference Reference { get; }

    public ModelText Text { get; }

    public ICausalLm Model { get; }

    /// <summary>Attached and frozen; null without one.</summary>
    public ITuningMethod? Adapter { get; }

    /// <summary>Every token that any of the model's files calls an end.</summary>
    public IReadOnlyList<int> EndIds { get; }

    /// <param name="threads">Null: one for each core.</param>
    public static LoadedModel Load(ModelReference reference, ModelSettings settings, int? threads)
    {
        TorchRuntime.EnsureLoaded();
        TorchSharp.torch.set_num_threads(threads ?? Environment.ProcessorCount);
        ModelText text = ModelText.Load(reference.Folder, reference.Adapter);
        ICausalLm model = ModelCatalog.Load(reference.Folder, settings, text.Config);
        try
        {
            ITuningMethod? adapter = reference.Adapter is { } folder ? PeftCatalog.LoadAdapter(folder, new TunableModel(model.Linears, model.Parameters, model.Head)) : null;
            return new LoadedModel(reference, text, model, adapter, EndIdsOf(reference.Folder, text));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Adapter?.Dispose();
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
