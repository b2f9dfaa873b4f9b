using System.Text.Json;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn.Runtime;
using TuneSharp.Tokenizers;

[assembly: AssemblyFixture(typeof(TuneSharp.Cli.Tests.TinyWorld))]

namespace TuneSharp.Cli.Tests;

/// <summary>
/// What the program needs to be tried from outside, made by the tests themselves: a model of some ten thousand weights with
/// its own tokenizer, and rows of a language that it can learn in seconds ("blue sky" → "sky blue").
/// </summary>
public sealed class TinyWorld : IDisposable
{
    private static readonly string[] Colours = ["red", "blue", "green", "grey", "white", "black"];
    private static readonly string[] Things = ["sky", "house", "cat", "boat", "tree", "stone"];

    public TinyWorld()
    {
        TorchRuntime.EnsureLoaded();
        string[] texts = [.. Rows().Select(row => $"### Instruction:\n{row.Question}\n\n### Response:\n{row.Answer}\n\n")];
        Tokenizer tokenizer = ByteLevelBpeTrainer.Train(texts, new BpeTrainerOptions { VocabularySize = 320, SpecialTokens = ["<s>", "</s>"], BosToken = "<s>", EosToken = "</s>", PadToken = "</s>" });
        HfConfig config = HfConfig.Parse($$"""
            {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": {{tokenizer.VocabularySize}}, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 128, "rms_norm_eps": 1e-6, "hidden_act": "silu", "bos_token_id": 0, "eos_token_id": 1,
             "rope_theta": 10000.0, "tie_word_embeddings": true, "initializer_range": 0.1, "torch_dtype": "float32"}
            """, "test");
        using (ICausalLm model = ModelCatalog.CreateRandom(config, seed: 1)) ModelCatalog.Save(model, Model);
        tokenizer.Save(Model);
        File.WriteAllLines(Data, Rows().Select(row => JsonSerializer.Serialize(new { instruction = row.Question, output = row.Answer })));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tunesharp-cli-").FullName;

    public string Home => Path.Combine(Folder, "home");

    public string Model => Path.Combine(Folder, "tiny-model");

    /// <summary>36 rows, all different.</summary>
    public string Data => Path.Combine(Folder, "rows.jsonl");

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a file of this world and gives its path.</summary>
    public string Write(string name, string content)
    {
        string path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static IEnumerable<(string Question, string Answer)> Rows() =>
        from colour in Colours from thing in Things select ($"{colour} {thing}", $"{thing} {colour}");
}
