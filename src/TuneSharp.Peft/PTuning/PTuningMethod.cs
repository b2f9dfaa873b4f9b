using TuneSharp.Formats.Adapters;
using TuneSharp.Nn;
using TuneSharp.Peft.Prompts;

namespace TuneSharp.Peft.PTuning;

/// <summary>P-tuning (Liu et al. 2021, arXiv:2103.10385): the embeddings in front of every row come out of a small network.</summary>
public static class PTuningMethod
{
    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "p_tuning",
        Aliases = ["ptuning"],
        PeftType = PTuningConfig.PeftType,
        Description = "Trained tokens in front of every row, made by a small MLP or LSTM.",
        Chinese = "在每行之前加入由小型 MLP 或 LSTM 生成的可训练虚拟词元。",
        When = "As prompt tuning, where that learns too slowly: the small network makes the tokens depend on each other.",
        WhenChinese = "提示微调学得太慢时使用：小网络使各虚拟词元相互关联。",
        NewOptions = () => new PTuningSettings(),
        Create = request =>
        {
            var config = PTuningConfig.Of((PTuningSettings)request.Options, request.Model, request.BaseModel);
            PromptEncoder encoder = EncoderOf(config.Sizes, config.Encoder, config.HiddenSize);
            encoder.Initialise(request.Seed);
            return Attached(request.Model, config, encoder, isResultOnly: false);
        },
        Load = Load,
        ReadOptions = folder => PTuningConfig.SettingsOf(folder.Fields),
        Footprint = (options, sizes) => FootprintOf((PTuningSettings)options, sizes),
    };

    private static PromptMethod Load(AdapterFolder folder, TunableModel model)
    {
        var config = PTuningConfig.FromJson(folder.Fields, model);
        bool isResultOnly = PromptFile.LacksEncoder(folder);
        PromptEncoder encoder = isResultOnly ? new PromptTable(config.Sizes.NumVirtualTokens, config.Sizes.TokenDim) : EncoderOf(config.Sizes, config.Encoder, config.HiddenSize);
        return PromptLoading.Read(folder, Attached(model, config, encoder, isResultOnly));
    }

    private static NetworkEncoder EncoderOf(PromptSizes sizes, PTuningSettings settings, int hidden) => settings.EncoderReparameterizationType == PromptEncoderKind.Mlp
        ? new MlpEncoder(sizes.NumVirtualTokens, sizes.TokenDim, hidden)
        : new LstmEncoder(sizes.NumVirtualTokens, sizes.TokenDim, hidden, settings.EncoderNumLayers, settings.EncoderDropout);

    private static PromptMethod Attached(TunableModel model, PTuningConfig config, PromptEncoder encoder, bool isResultOnly) =>
        PromptLoading.Attach(new PromptMethod(Entry.Name, model, new EmbeddingSlot(model, config.Sizes.NumVirtualTokens), encoder, new PromptFile(config.Common, config.ToJson()) { IsResultOnly = isResultOnly }));

    private static MethodFootprint FootprintOf(PTuningSettings settings, ModelSizes sizes)
    {
        long n = settings.NumVirtualTokens, d = sizes.Shape.HiddenSize, h = settings.EncoderHiddenSize ?? d;
        long[][] network = settings.EncoderReparameterizationType == PromptEncoderKind.Mlp
            ? [[h, d + 1], [h, h + 1], [d, h + 1]]
            : [.. Enumerable.Range(0, settings.EncoderNumLayers).Select(layer => (long[])[2 * 4 * h, (layer == 0 ? d : 2 * h) + h + 2]), [2 * h, 2 * h + 1], [d, 2 * h + 1]];
        return new MethodFootprint([[n, d], .. network]) { NumVirtualTokens = settings.NumVirtualTokens };
    }
}
