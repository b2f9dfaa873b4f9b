using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Heads;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Bert;

/// <summary>A family with BERT's graph: how its config.json is read, and what stands on the encoder for each task.</summary>
/// <param name="ModelType">model_type of config.json.</param>
/// <param name="ClassName">Begin of the library's class names.</param>
/// <param name="Read">What its config.json means.</param>
/// <param name="ClassifierDense">The classifier's first linear, as in <c>bert.pooler.dense</c>.</param>
/// <param name="ClassifierActivation">Behind it.</param>
/// <param name="ClassifierOutput">The classifier's last linear.</param>
/// <param name="MaskedLm">Names of the masked-language-model head.</param>
internal sealed record BertHeads(
    string ModelType, string ClassName, Func<HfConfig, BertConfig> Read, string ClassifierDense, Activation ClassifierActivation, string ClassifierOutput, MaskedLmNames MaskedLm)
{
    /// <summary>The activation in the masked-language-model head; null: as in the blocks.</summary>
    public Activation? MaskedLmActivation { get; init; }

    /// <summary>The entry for the catalog.</summary>
    /// <param name="checkpoint">What the parts of its checkpoints are called.</param>
    public ModelFamily ToFamily(CheckpointNames checkpoint) => new(ModelType, SizesOf)
    {
        ClassName = ClassName,
        Checkpoint = checkpoint,
        Classifier = CreateClassifier,
        MaskedLm = CreateMaskedLm,
    };

    private SequenceClassifier CreateClassifier(HfConfig config, IWeightSource weights, ScalarType computeType, IReadOnlyList<string> warnings)
    {
        BertConfig sizes = Read(config);
        ClassifierLabels labels = ClassifierLabels.Read(config);
        int hidden = sizes.HiddenSize;
        var encoder = new BertModel(sizes, weights.Matrix(BertEmbeddings.WordsName(sizes.Names), sizes.VocabularySize, sizes.EmbeddingSize), weights, computeType);
        Linear dense = SequenceClassifier.IsTaskModule(ClassifierDense) ? weights.DenseLinear(ClassifierDense, hidden, hidden, bias: true) : weights.Linear(ClassifierDense, hidden, hidden, bias: true);
        var head = new FirstTokenHead(dense, ClassifierActivation, weights.DenseLinear(ClassifierOutput, hidden, labels.Names.Count, bias: true));
        return new SequenceClassifier(encoder, head, labels, weights, warnings);
    }

    private Heads.MaskedLm CreateMaskedLm(HfConfig config, IWeightSource weights, ScalarType computeType, IReadOnlyList<string> warnings)
    {
        BertConfig sizes = Read(config);
        (Parameter words, Parameter decoder) = weights.Vocabulary(
            BertEmbeddings.WordsName(sizes.Names), MaskedLm.Decoder + ".weight", sizes.VocabularySize, sizes.EmbeddingSize, config.GetBool("tie_word_embeddings", true));
        var encoder = new BertModel(sizes, words, weights, computeType);
        return new Heads.MaskedLm(encoder, new MaskedLmHead(MaskedLm, sizes.HiddenSize, decoder, MaskedLmActivation ?? sizes.Activation, sizes.Eps, weights), warnings);
    }

    private ModelSizes SizesOf(HfConfig config)
    {
        BertConfig sizes = Read(config);
        ModelSizes encoder = BertModel.SizesOf(sizes);
        if (config.IsMaskedLm())
        {
            var dense = new LinearSize(MaskedLm.Dense, sizes.HiddenSize, sizes.EmbeddingSize, HasBias: true);
            bool tied = config.GetBool("tie_word_embeddings", true);
            long untied = tied ? 0 : (long)(sizes.EmbeddingSize - sizes.HiddenSize) * sizes.VocabularySize; // the head's matrix counts as D wide too
            return encoder with
            {
                Linears = [.. encoder.Linears, dense],
                TiedHead = tied,
                HeadName = MaskedLm.Decoder,
                OtherParameters = encoder.OtherParameters + 2L * sizes.EmbeddingSize + sizes.VocabularySize + untied,
            };
        }
        if (!config.IsClassifier()) return encoder;
        LinearSize first = new(ClassifierDense, sizes.HiddenSize, sizes.HiddenSize, HasBias: true);
        LinearSize last = new(ClassifierOutput, sizes.HiddenSize, ClassifierLabels.Read(config).Names.Count, HasBias: true);
        return encoder.WithTaskHead([first, last], SequenceClassifier.IsTaskModule(ClassifierDense) ? [] : [first]);
    }
}
