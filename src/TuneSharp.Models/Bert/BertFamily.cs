using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Heads;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Bert;

/// <summary>BERT and all models with its layout (MacBERT, Chinese BERT-wwm, MiniLM, BGE, …).</summary>
internal static class BertFamily
{
    private static readonly BertNames s_names = new("bert", "encoder.layer");

    public static ModelFamily Family { get; } = new BertHeads("bert", "Bert", Read, "bert.pooler.dense", Activation.Tanh, "classifier",
        new MaskedLmNames("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.decoder", "cls.predictions.bias"))
        .ToFamily(new CheckpointNames("bert")
        {
            Heads = ["bert.pooler.", "cls.", "classifier.", "qa_outputs."],
            Classifier = ["bert.pooler.", "classifier."],
            MaskedLm = ["cls.predictions."],
        });

    private static BertConfig Read(HfConfig config) => BertConfig.Read(config, s_names);
}
