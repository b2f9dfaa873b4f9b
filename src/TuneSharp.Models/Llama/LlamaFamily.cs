using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Heads;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Llama;

/// <summary>Llama 1 to 3, SmolLM2, Yi, DeepSeek-LLM, TinyLlama: biases only where config.json asks for them.</summary>
internal static class LlamaFamily
{
    private const string ScoreName = "score";

    public static ModelFamily Family { get; } = Of("llama", "Llama", Read);

    /// <summary>A family with this graph.</summary>
    /// <param name="modelType">model_type of config.json.</param>
    /// <param name="className">Begin of the library's class names.</param>
    /// <param name="read">What its config.json means.</param>
    public static ModelFamily Of(string modelType, string className, Func<HfConfig, LlamaConfig> read) => new(modelType, config => SizesOf(config, read(config)))
    {
        ClassName = className,
        Checkpoint = new CheckpointNames("model") { Heads = ["lm_head.", "score.", "qa_outputs.", "classifier."], Classifier = ["score."] },
        CausalLm = (config, weights, computeType, warnings) =>
        {
            LlamaConfig sizes = read(config);
            (Parameter embedding, Parameter head) = weights.Vocabulary(
                LlamaDecoder.EmbeddingName + ".weight", LlamaDecoder.HeadName + ".weight", sizes.VocabularySize, sizes.Attention.HiddenSize, sizes.TieWordEmbeddings);
            return new LanguageModel(new LlamaDecoder(sizes, embedding, weights, computeType), LlamaDecoder.HeadName, head, warnings);
        },
        Classifier = (config, weights, computeType, warnings) => CreateClassifier(read(config), weights, computeType, warnings),
    };

    public static LlamaConfig Read(HfConfig config)
    {
        bool attention = config.GetBool("attention_bias", false);
        return LlamaConfig.Read(config) with { QueryKeyValueBias = attention, OutputBias = attention, MlpBias = config.GetBool("mlp_bias", false) };
    }

    private static SequenceClassifier CreateClassifier(LlamaConfig config, IWeightSource weights, ScalarType computeType, IReadOnlyList<string> warnings)
    {
        int hidden = config.Attention.HiddenSize;
        ClassifierLabels labels = ClassifierLabels.Read(config.Source);
        var decoder = new LlamaDecoder(config, weights.Matrix(LlamaDecoder.EmbeddingName + ".weight", config.VocabularySize, hidden), weights, computeType);
        return new SequenceClassifier(decoder, new LastTokenHead(weights.DenseLinear(ScoreName, hidden, labels.Names.Count, bias: false), config.PaddingId), labels, weights, warnings);
    }

    private static ModelSizes SizesOf(HfConfig config, LlamaConfig sizes) => !config.IsClassifier()
        ? LlamaDecoder.SizesOf(sizes).WithLanguageHead(LlamaDecoder.HeadName, sizes.TieWordEmbeddings)
        : LlamaDecoder.SizesOf(sizes).WithTaskHead([new LinearSize(ScoreName, sizes.Attention.HiddenSize, ClassifierLabels.Read(config).Names.Count, HasBias: false)], []);
}
