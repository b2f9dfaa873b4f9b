using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.Prompts;
using TuneSharp.Peft.Randomness;
using static TorchSharp.torch;

namespace TuneSharp.Peft.PromptTuning;

/// <summary>Prompt tuning (Lester et al. 2021, arXiv:2104.08691): trained embeddings in front of every row.</summary>
public static class PromptTuningMethod
{
    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "prompt_tuning",
        Aliases = ["prompt"],
        PeftType = PromptTuningConfig.PeftType,
        Description = "Trained tokens in front of every row; the model stays as it is.",
        Chinese = "在每行之前加入可训练的虚拟词元；模型保持不变。",
        When = "Large models, one task each, a file of some kilobytes; small models learn little this way.",
        WhenChinese = "适合大模型、单一任务，文件仅几 KB；小模型用此法学到的很少。",
        NewOptions = () => new PromptTuningSettings(),
        Create = Create,
        Load = Load,
        ReadOptions = folder => PromptTuningConfig.SettingsOf(folder.Fields),
        Footprint = (options, sizes) => FootprintOf((PromptTuningSettings)options, sizes),
    };

    private static PromptMethod Create(MethodRequest request)
    {
        var settings = (PromptTuningSettings)request.Options;
        var config = PromptTuningConfig.Of(settings, request.Model, request.BaseModel);
        PromptTable table = TableOf(config);
        if (settings.PromptTuningInit == PromptInit.Random) table.Initialise(request.Seed);
        else CopyRows(request.Model.Embedding!, table, IdsOf(settings, request));
        return Attached(request.Model, config, table);
    }

    private static PromptMethod Load(AdapterFolder folder, TunableModel model)
    {
        var config = PromptTuningConfig.FromJson(folder.Fields, model);
        return PromptLoading.Read(folder, Attached(model, config, TableOf(config)));
    }

    private static PromptTable TableOf(PromptTuningConfig config) => new(config.Sizes.NumVirtualTokens, config.Sizes.TokenDim);

    private static PromptMethod Attached(TunableModel model, PromptTuningConfig config, PromptTable table) =>
        PromptLoading.Attach(new PromptMethod(Entry.Name, model, new EmbeddingSlot(model, config.Sizes.NumVirtualTokens), table, new PromptFile(config.Common, config.ToJson())));

    private static MethodFootprint FootprintOf(PromptTuningSettings settings, ModelSizes sizes) =>
        new([[settings.NumVirtualTokens, sizes.Shape.HiddenSize]]) { NumVirtualTokens = settings.NumVirtualTokens };

    /// <summary>The words to begin with, as many as there are virtual tokens.</summary>
    private static int[] IdsOf(PromptTuningSettings settings, MethodRequest request)
    {
        int n = settings.NumVirtualTokens, vocabulary = request.Model.Embedding!.NumEmbeddings;
        if (settings.PromptTuningInit == PromptInit.SampleVocab)
        {
            var drawn = new float[n];
            CounterRandom.FillUniform(drawn, CounterRandom.Key(request.Seed, CounterRandom.Hash("vocabulary")), 0.5);
            return [.. drawn.Select(u => Math.Min((int)((u + 0.5) * vocabulary), vocabulary - 1))];
        }
        if (request.Tokenize is null) throw new InvalidInputException("`prompt_tuning_init` is text, but the model has no tokenizer.", null, "Set prompt_tuning_init to random.");
        IReadOnlyList<int> ids = request.Tokenize(settings.PromptTuningInitText!);
        if (ids.Count == 0) throw new InvalidInputException("`prompt_tuning_init_text` has no token.", null, "Give a text with words.");
        return [.. Enumerable.Range(0, n).Select(i => ids[i % ids.Count])];
    }

    private static void CopyRows(Embedding embedding, PromptTable table, int[] ids)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        table.Table.Value.copy_(embedding.Weight.Value.index_select(0, tensor(Array.ConvertAll(ids, id => (long)id))));
    }
}
