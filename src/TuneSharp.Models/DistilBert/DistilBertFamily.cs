using TuneSharp.Models.Bert;
using TuneSharp.Models.Heads;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.DistilBert;

/// <summary>DistilBERT: half of BERT's layers under other names, without token types and pooler.</summary>
internal static class DistilBertFamily
{
    private static readonly BertNames s_names = new("distilbert", "transformer.layer")
    {
        Query = "attention.q_lin",
        Key = "attention.k_lin",
        Value = "attention.v_lin",
        Attention = "attention",
        AttentionOutput = "attention.out_lin",
        AttentionNorm = "sa_layer_norm",
        Mlp = "ffn",
        Up = "ffn.lin1",
        Down = "ffn.lin2",
        OutputNorm = "output_layer_norm",
    };

    public static ModelFamily Family { get; } = new BertHeads("distilbert", "DistilBert", config => BertConfig.ReadDistilled(config, s_names), "pre_classifier", Activation.Relu, "classifier",
        new MaskedLmNames("vocab_transform", "vocab_layer_norm", "vocab_projector", "vocab_projector.bias"))
        .ToFamily(new CheckpointNames("distilbert")
        {
            Heads = ["pre_classifier.", "classifier.", "vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "qa_outputs."],
            Classifier = ["pre_classifier.", "classifier."],
            MaskedLm = ["vocab_transform.", "vocab_layer_norm.", "vocab_projector."],
        });
}
