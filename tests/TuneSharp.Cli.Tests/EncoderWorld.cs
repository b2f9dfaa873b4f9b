using System.Globalization;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Cli.Tests;

/// <summary>An encoder of some ten thousand weights with a vocabulary of word pieces, and texts whose class follows from one word.</summary>
internal static class EncoderWorld
{
    private static readonly string[] s_words = ["the", "soup", "bread", "tea", "was", "is", "very", "not", "cold", "burnt", "late", "warm", "fresh", "quick", "round", "blue", "tall", "!", ".", "##s", "##er"];

    private static readonly (string Label, string[] Words)[] s_classes = [("bad", ["cold", "burnt", "late"]), ("good", ["warm", "fresh", "quick"]), ("neither", ["round", "blue", "tall"])];

    /// <summary>Makes the model once a folder.</summary>
    public static string Model(TinyWorld world)
    {
        string folder = world.PathOf("tiny-encoder");
        if (Directory.Exists(folder)) return folder;
        TorchRuntime.EnsureLoaded();
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. s_words];
        HfConfig config = HfConfig.Parse($$"""
            {"model_type": "bert", "architectures": ["BertForMaskedLM"], "vocab_size": {{vocabulary.Length}}, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
             "max_position_embeddings": 24, "type_vocab_size": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "initializer_range": 0.3, "pad_token_id": 0, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
            """, "test");
        using (IMaskedLm model = ModelCatalog.CreateRandomMaskedLm(config, seed: 1)) ModelCatalog.Save(model, folder);
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), vocabulary);
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"tokenizer_class": "BertTokenizer", "do_lower_case": true, "model_max_length": 24}""");
        return folder;
    }

    /// <summary>Texts with their class, all different.</summary>
    public static IEnumerable<(string Text, string Label)> Rows() =>
        from thing in (string[])["soup", "bread", "tea"]
        from verb in (string[])["was", "is"]
        from much in (string[])["", "very "]
        from of in s_classes
        from word in of.Words
        select (string.Create(CultureInfo.InvariantCulture, $"The {thing} {verb} {much}{word}."), of.Label);

    public static string Table(TinyWorld world, string name = "moods.csv") => world.Write(name, "text,label\n" + string.Concat(Rows().Select(row => $"{row.Text},{row.Label}\n")));
}
