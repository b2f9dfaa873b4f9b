using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Bert;
using TuneSharp.Models.Heads;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Roberta;

/// <summary>RoBERTa: BERT's graph with positions counted from the ids behind padding's, no pooler, and a head of two layers.</summary>
internal static class RobertaFamily
{
    private static readonly BertNames s_names = new("roberta", "encoder.layer");

    public static ModelFamily Family { get; } = new BertHeads("roberta", "Roberta", Read, "classifier.dense", Activation.Tanh, "classifier.out_proj",
        new MaskedLmNames("lm_head.dense", "lm_head.layer_norm", "lm_head.decoder", "lm_head.bias"))
    { MaskedLmActivation = Activation.Gelu }
        .ToFamily(new CheckpointNames("roberta")
        {
            Heads = ["roberta.pooler.", "lm_head.", "classifier.", "qa_outputs."],
            Classifier = ["classifier."],
            MaskedLm = ["lm_head."],
        });

    private static BertConfig Read(HfConfig config)
    {
        BertConfig read = BertConfig.Read(config, s_names, paddingId: 1) with { PositionsFromIds = true };
        if (read.PaddingId is null) throw config.Missing("pad_token_id", "a token id: positions are counted behind it");
        return read.MaxPositions > 0 ? read : throw config.Wrong("max_position_embeddings", $"It must be larger than pad_token_id + 1, which is {read.PaddingId + 1}.");
    }
}
