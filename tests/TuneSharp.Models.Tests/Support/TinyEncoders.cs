using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Tests.Support;

/// <summary>Small encoders of every family with random weights that matter.</summary>
internal static class TinyEncoders
{
    public const int PaddingId = 3;

    public static IEnumerable<string> Families => ["bert", "roberta", "distilbert", "electra"];

    /// <summary>A config of the bare encoder; <paramref name="extra"/> is JSON that is added.</summary>
    public static HfConfig Config(string family, string extra = "") => HfConfig.Parse(family == "distilbert"
        ? $$"""
            { "model_type": "distilbert", "architectures": ["DistilBertModel"], "dim": 24, "hidden_dim": 44, "n_layers": 3, "n_heads": 4, "vocab_size": {{TinyModels.Vocabulary}},
              "max_position_embeddings": 40, "pad_token_id": {{PaddingId}}, "initializer_range": 0.3{{extra}} }
            """
        : $$"""
            { "model_type": "{{family}}", "architectures": ["{{char.ToUpperInvariant(family[0])}}{{family[1..]}}Model"], "hidden_size": 24, "intermediate_size": 44,
              "num_hidden_layers": 3, "num_attention_heads": 4, "vocab_size": {{TinyModels.Vocabulary}}, "max_position_embeddings": 40, "type_vocab_size": 2,
              "layer_norm_eps": 0.001, "pad_token_id": {{PaddingId}}, "initializer_range": 0.3{{(family == "electra" ? ", \"embedding_size\": 16" : "")}}{{extra}} }
            """, "test");

    public static ISequenceClassifier Classifier(string family, NewHead head, string extra = "")
    {
        HfConfig config = family is "llama" or "qwen2" ? TinyModels.Config(family, extra) : Config(family, extra);
        return Stirred(ModelCatalog.CreateRandomClassifier(ModelCatalog.ClassifierConfig(config, head), 1));
    }

    public static IMaskedLm MaskedLm(string family, string extra = "") => Stirred(ModelCatalog.CreateRandomMaskedLm(Config(family, extra), 1));

    /// <summary>Norms and biases, which start at 1 and 0, are drawn too.</summary>
    private static TModel Stirred<TModel>(TModel model)
        where TModel : IModel
    {
        using var off = no_grad();
        int i = 0;
        foreach (Parameter parameter in model.Parameters.Where(p => p.Shape.Count == 1))
        {
            using var generator = new Generator((ulong)(100 + i++));
            using Tensor noise = torch.empty(parameter.Value.shape).normal_(0, 0.3, generator);
            parameter.Value.add_(noise);
        }
        return model;
    }
}
