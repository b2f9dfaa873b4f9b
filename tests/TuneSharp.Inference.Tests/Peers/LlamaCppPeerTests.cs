using System.Text.Json;
using TorchSharp;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Nn;
using TuneSharp.Tests.Shared;
using TuneSharp.Tokenizers;

namespace TuneSharp.Inference.Tests.Peers;

/// <summary>
/// The same GGUF file in llama.cpp and here: the same ids of a prompt, the same greedy text. llama.cpp keeps keys and values
/// in float16 and multiplies quantised weights with rounded activations; where our two best tokens are closer than that
/// rounding, either may come and the comparison ends.
/// </summary>
public sealed class LlamaCppPeerTests
{
    private const double RoundingOfTheCache = 0.05, RoundingOfActivations = 0.5;

    [Fact]
    public void The_embedded_model_writes_the_same_text()
    {
        TuneSharp.Nn.Runtime.TorchRuntime.EnsureLoaded();
        torch.set_num_threads(1);
        string folder = Path.Combine(Repository(), "models", "tunesharp-mini"), file = Path.Combine(Path.GetTempPath(), $"tunesharp-mini-{Environment.ProcessId}.gguf");
        try
        {
            using (ICausalLm model = ModelCatalog.Load(folder)) WithVocabulary(GgufModels.Write(model), folder).WriteTo(file);
            Compare(file, ["<|user|> Where is the library?<|end|><|assistant|>", "<|user|> 你好<|end|><|assistant|>", "The baker opened", "Once  two blanks, 12 345 and naïve", "<|user|> Repeat: red, blue, green<|end|><|assistant|>", "In the morning the"], 24, RoundingOfTheCache, atLeast: 12);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact(Explicit = true)]
    public void A_real_quantised_model_writes_the_same_text()
    {
        TuneSharp.Nn.Runtime.TorchRuntime.EnsureLoaded();
        torch.set_num_threads(Environment.ProcessorCount);
        string? root = Environment.GetEnvironmentVariable("TUNESHARP_MODELS");
        if (string.IsNullOrEmpty(root)) Assert.Skip("TUNESHARP_MODELS is not set.");
        string? file = Directory.EnumerateFiles(root, "*.gguf", SearchOption.AllDirectories).FirstOrDefault();
        if (file is null) Assert.Skip($"There is no GGUF file in {root}.");
        Compare(file, ["<|im_start|>user\nWrite a two-line poem about the sea.<|im_end|>\n<|im_start|>assistant\n", "<|im_start|>user\nExplain photosynthesis to a child.<|im_end|>\n<|im_start|>assistant\n"], 32, RoundingOfActivations, atLeast: 8);
    }

    /// <param name="tie">Logits closer than this are a tie.</param>
    /// <param name="atLeast">Tokens that must have been compared.</param>
    private static void Compare(string file, string[] prompts, int count, double tie, int atLeast)
    {
        NodeLlamaCpp.Answer[] answers = NodeLlamaCpp.Ask(file, prompts, count);
        Tokenizer tokenizer = Tokenizer.Load(file);
        using ICausalLm model = ModelCatalog.Load(file, new ModelSettings { WeightsDtype = "float32", ComputeDtype = "float32" });
        using Workspace workspace = model.CreateWorkspace();
        int compared = 0;
        for (int i = 0; i < prompts.Length; i++)
        {
            tokenizer.EncodeIds(prompts[i]).ShouldBe(answers[i].Ids, prompts[i]);
            using KvCache cache = model.CreateCache(answers[i].Ids.Length + count);
            int[] next = answers[i].Ids;
            bool tied = false;
            foreach (int expected in answers[i].Written)
            {
                float[] logits = LastLogits(model, workspace, next, cache);
                int best = Array.IndexOf(logits, logits.Max());
                tied = logits[best] - logits.Where((_, id) => id != best).Max() < tie;
                if (best != expected && tied) break;
                best.ShouldBe(expected, $"token {cache.Length(0)} of: {prompts[i]} → {answers[i].Text}");
                compared++;
                next = [best];
            }
            if (!tied) tokenizer.Decode(answers[i].Written, skipSpecialTokens: false).ShouldBe(answers[i].Text);
        }
        compared.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    private static float[] LastLogits(ICausalLm model, Workspace workspace, int[] ids, KvCache cache)
    {
        using TokenBatch batch = TokenBatch.FromRows([ids]);
        using var t = new Tape(workspace, recording: false);
        using torch.Tensor last = model.Head.Forward(t, t.Rows(model.Hidden(t, batch, cache), [ids.Length - 1])).Data.to(torch.ScalarType.Float32).contiguous();
        return last.data<float>().ToArray();
    }

    /// <summary>The byte-level vocabulary of a tokenizer.json whose splitting is GPT-2's.</summary>
    private static GgufBytes WithVocabulary(GgufBytes bytes, string folder)
    {
        JsonElement root = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer.json"))).RootElement;
        string[] tokens = [.. root.GetProperty("model").GetProperty("vocab").EnumerateObject().OrderBy(entry => entry.Value.GetInt32()).Select(entry => entry.Name)];
        int[] types = [.. tokens.Select(_ => 1)];
        foreach (JsonElement added in root.GetProperty("added_tokens").EnumerateArray()) types[added.GetProperty("id").GetInt32()] = 3;
        return bytes.Text("tokenizer.ggml.model", "gpt2").Text("tokenizer.ggml.pre", "gpt-2").Texts("tokenizer.ggml.tokens", tokens).Integers("tokenizer.ggml.token_type", types)
            .Texts("tokenizer.ggml.merges", root.GetProperty("model").GetProperty("merges").EnumerateArray().Select(pair => $"{pair[0].GetString()} {pair[1].GetString()}"))
            .Number("tokenizer.ggml.eos_token_id", 0).Number("tokenizer.ggml.padding_token_id", 1).Flag("tokenizer.ggml.add_bos_token", false);
    }

    private static string Repository()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "TuneSharp.slnx"))) at = at.Parent;
        return at!.FullName;
    }
}
