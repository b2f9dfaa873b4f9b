using System.Text.Json;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.PromptTuning;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics.Training.Peft;

/// <summary>What only prompt cases record: the ids of the text that a prompt begins with, and its first rows.</summary>
internal static class PromptRecords
{
    /// <param name="topic">Where the recorded tokenizer is.</param>
    /// <param name="folder">The case.</param>
    /// <param name="model">Without an adapter.</param>
    public static IEnumerable<GoldenResult> CompareStart(string topic, string folder, JsonElement run, TunableModel model, SafetensorsFile golden)
    {
        const string Rows = "init_before_noise.prompt_encoder.default.embedding.weight";
        if (!golden.Tensors.ContainsKey(Rows)) yield break;
        using AdapterFolder adapter = AdapterFolder.Open(Path.Combine(folder, "adapter_init"));
        Tokenizer tokenizer = Tokenizer.Load(Path.Combine(topic, adapter.Fields.GetString("tokenizer_name_or_path")!));
        int[] ids = [.. tokenizer.EncodeIds(adapter.Fields.GetString("prompt_tuning_init_text")!, addSpecialTokens: true)];
        yield return GoldenResult.Equal(ids.SequenceEqual(run.GetProperty("text_init").GetProperty("token_ids").EnumerateArray().Select(id => id.GetInt32())), "other ids of the text: " + string.Join(" ", ids));
        TuningMethodEntry entry = PromptTuningMethod.Entry;
        using ITuningMethod fresh = entry.Create(new MethodRequest(entry.ReadOptions!(adapter), model, 1, null) { Tokenize = _ => ids });
        yield return GoldenTensors.Close(fresh.Trained[0].Value.data<float>().ToArray(), golden.Floats(Rows), 0, "first rows of the prompt");
    }
}
