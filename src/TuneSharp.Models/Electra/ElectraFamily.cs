using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Bert;
using TuneSharp.Models.Heads;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Electra;

/// <summary>ELECTRA: BERT's graph with embeddings that may be narrower than the model, no pooler, and a head of two layers.</summary>
internal static class ElectraFamily
{
    private static readonly BertNames s_names = new("electra", "encoder.layer");

    public static ModelFamily Family { get; } = new BertHeads("electra", "Electra", Read, "classifier.dense", Activation.Gelu, "classifier.out_proj",
        new MaskedLmNames("generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head", "generator_lm_head.bias"))
    { MaskedLmActivation = Activation.Gelu }
        .ToFamily(new CheckpointNames("electra")
        {
            Heads = ["discriminator_predictions.", "generator_predictions.", "generator_lm_head.", "classifier.", "qa_outputs."],
            Classifier = ["classifier."],
            MaskedLm = ["generator_predictions.", "generator_lm_head."],
        });

    private static BertConfig Read(HfConfig config)
    {
        const int MaxSize = 1 << 24;
        BertConfig read = BertConfig.Read(config, s_names);
        return read with { EmbeddingSize = config.GetInt("embedding_size", 1, MaxSize, Math.Min(128, read.HiddenSize)) };
    }
}
