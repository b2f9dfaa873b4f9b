using System.Text.Json;
using TorchSharp;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Tokenizers;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics;

/// <summary>The parts of a recorded model, each against what is computed here. Tolerances: fixtures/models/README.md.</summary>
internal static class ModelChecks
{
    public const double LogitTolerance = 1e-4;
    private const double LossTolerance = 1e-5, CacheTolerance = 5e-5, GradientTolerance = 1e-4, GradientFloor = 1e-6;

    /// <summary>Logits of the padded batch at real tokens, hidden states of one row, the loss.</summary>
    public static IEnumerable<GoldenResult> Batch(ICausalLm model, SafetensorsFile file, JsonElement golden)
    {
        PaddedRows rows = PaddedRows.Read(file);
        int hiddenRow = golden.TryGetProperty("hidden_states_row", out JsonElement recorded) ? recorded.GetInt32() : 0;
        using TokenBatch batch = TokenBatch.FromRows(rows.Ids, rows.Labels);
        using Workspace workspace = model.CreateWorkspace();
        using var t = new Tape(workspace, recording: false);
        var states = new List<float[]>();
        Var hidden = model.Hidden(t, batch, null, (_, x) => states.Add(Numbers(x)));
        states.Add(Numbers(hidden.Data));
        float[] logits = Numbers(model.Head.Forward(t, hidden).Data);
        yield return GoldenTensors.Close(logits, rows.Real(file.Floats("logits"), model.Shape.VocabularySize), LogitTolerance, "logits");
        for (int i = 0; file.Tensors.ContainsKey($"hidden_states.{i}"); i++)
        {
            int width = model.Shape.HiddenSize;
            TokenRow row = batch.Rows[hiddenRow];
            float[] expected = rows.RealOfRow(file.Floats($"hidden_states.{i}"), width, hiddenRow);
            yield return GoldenTensors.Close(states[i].AsSpan(row.Start * width, row.Length * width), expected, LogitTolerance, $"hidden_states.{i}");
        }
        float loss = t.CrossEntropy(hidden, model.Head, batch, batch.NumLabels).Data.item<float>(), wanted = file.Floats("loss")[0];
        yield return GoldenTensors.Close([loss], [wanted], LossTolerance * Math.Max(1, Math.Abs(wanted)), "loss");
    }

    /// <summary>Every stored gradient, all parameters trained; once plainly, once with recomputed blocks.</summary>
    public static IEnumerable<GoldenResult> Gradients(ICausalLm model, SafetensorsFile file, JsonElement golden)
    {
        string[] names = [.. file.Tensors.Keys.Where(name => name.StartsWith("grad.", StringComparison.Ordinal))];
        if (names.Length == 0) yield break;
        PaddedRows rows = PaddedRows.Read(file);
        foreach (bool recompute in (bool[])[false, true])
        {
            model.RecomputeBlocks = recompute;
            using TokenBatch batch = TokenBatch.FromRows(rows.Ids, rows.Labels);
            using Workspace workspace = model.CreateWorkspace();
            foreach (Parameter parameter in model.Parameters)
            {
                parameter.Trained = true;
                parameter.ClearGrad();
            }
            using (var t = new Tape(workspace)) t.Backward(t.CrossEntropy(model.Hidden(t, batch), model.Head, batch, batch.NumLabels));
            Dictionary<string, Parameter> parameters = model.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
            foreach (string name in names)
            {
                float[] expected = file.Floats(name);
                double tolerance = GradientTolerance * expected.Max(Math.Abs) + GradientFloor;
                yield return parameters.TryGetValue(name["grad.".Length..], out Parameter? parameter) && parameter.Grad is { } grad
                    ? GoldenTensors.Close(Numbers(grad), expected, tolerance, name)
                    : new GoldenResult(false, double.PositiveInfinity, tolerance, name + " has no gradient");
            }
        }
        if (golden.TryGetProperty("gradients", out JsonElement which) && which.GetString() == "all")
            yield return GoldenResult.Equal(names.Length == model.Parameters.Count, "parameters without a recorded gradient, or the reverse");
    }

    /// <summary>Two rows decoded as one batch equal the full pass.</summary>
    public static IEnumerable<GoldenResult> CachedDecode(ICausalLm model, SafetensorsFile file, JsonElement golden)
    {
        if (!golden.TryGetProperty("cached_decode", out JsonElement decode)) yield break;
        PaddedRows rows = PaddedRows.Read(file);
        int[] which = Ints(decode.GetProperty("rows"));
        float[] logits = file.Floats("logits");
        int prefill = decode.GetProperty("prefill").GetInt32(), vocabulary = model.Shape.VocabularySize;

        // The batch's columns are decoded one after another; a left-padded row joins late.
        using KvCache cache = model.CreateCache(rows.Width, which.Length);
        for (int from = 0, to = prefill; from < rows.Width; from = to++)
        {
            int[][] ids = Array.ConvertAll(which, r => rows.Between(r, from, to));
            float[] actual = Step(model, ids, cache);
            float[] expected = [.. which.SelectMany(r => rows.RealOfColumns(logits, vocabulary, r, from, to))];
            yield return GoldenTensors.Close(actual, expected, LogitTolerance, $"cached decode, columns {from} to {to}");
        }
    }

    /// <summary>Greedy text of two prompts, one by one and as a batch; until the end token.</summary>
    public static IEnumerable<GoldenResult> Greedy(ICausalLm model, JsonElement golden)
    {
        if (!golden.TryGetProperty("greedy", out JsonElement greedy)) yield break;
        int[][] prompts = [.. greedy.GetProperty("prompts").EnumerateArray().Select(Ints)];
        int count = greedy.GetProperty("new_tokens").GetInt32(), end = greedy.GetProperty("eos_token_id").GetInt32();
        int[][] tokens = [.. prompts.Select(prompt => Generate(model, [prompt], count)[0])];
        yield return Same(tokens, greedy.GetProperty("tokens"), "greedy tokens");
        yield return Same(Generate(model, prompts, count), greedy.GetProperty("batch_left_padded"), "greedy tokens of a batch");
        int[][] ended = Array.ConvertAll(tokens, row => row[..(Array.IndexOf(row, end) is var at and >= 0 ? at + 1 : row.Length)]);
        yield return Same(ended, greedy.GetProperty("tokens_with_eos"), "greedy tokens up to the end token");
    }

    /// <summary>Two documents in one row with positions that restart; a row beyond the trained length, whole and decoded.</summary>
    public static IEnumerable<GoldenResult> PackedAndLong(ICausalLm model, SafetensorsFile file, JsonElement golden)
    {
        if (file.Tensors.ContainsKey("packed.logits"))
        {
            int[] positions = file.Ids("packed.position_ids"), row = file.Ids("input_ids")[..positions.Length];
            List<int> starts = [.. Enumerable.Range(0, positions.Length).Where(i => positions[i] == 0), positions.Length];
            int[][] documents = [.. starts.SkipLast(1).Zip(starts.Skip(1), (from, to) => row[from..to])];
            yield return GoldenTensors.Close(Step(model, documents, null), file.Floats("packed.logits"), LogitTolerance, "packed logits");
        }
        if (!file.Tensors.ContainsKey("long.logits")) yield break;
        int[] ids = file.Ids("long.input_ids");
        float[] logits = file.Floats("long.logits");
        yield return GoldenTensors.Close(Step(model, [ids], null), logits, LogitTolerance, "logits of the long row");

        JsonElement longer = golden.GetProperty("long");
        if (longer.TryGetProperty("prefill", out JsonElement length))
        {
            int prefill = length.GetInt32(), vocabulary = model.Shape.VocabularySize;
            float[] decoded = file.Tensors.ContainsKey("long.cached_decode_logits") ? file.Floats("long.cached_decode_logits") : logits[((prefill - 1) * vocabulary)..];
            using KvCache cache = model.CreateCache(ids.Length);
            List<float> actual = [.. Step(model, [ids[..prefill]], cache)[^vocabulary..]];
            foreach (int id in ids[prefill..]) actual.AddRange(Step(model, [[id]], cache));
            yield return GoldenTensors.Close([.. actual], decoded, LogitTolerance, "cached decode of the long row");
        }
        if (longer.TryGetProperty("greedy_tokens", out JsonElement continued))
        {
            int[] expected = Ints(continued);
            int[] actual = Generate(model, [ids[..longer.GetProperty("greedy_prompt_length").GetInt32()]], expected.Length)[0];
            yield return GoldenResult.Equal(actual.SequenceEqual(expected), "greedy tokens of the long row");
        }
    }

    /// <summary>A pretrained model: logits of a prompt, its story, and how likely it finds five paragraphs.</summary>
    public static IEnumerable<GoldenResult> Pretrained(ICausalLm model, string folder, SafetensorsFile file, JsonElement golden)
    {
        int[] prompt = file.Ids("prompt.input_ids");
        yield return GoldenTensors.Close(Step(model, [prompt], null), file.Floats("prompt.logits"), LogitTolerance, "logits of the prompt");
        JsonElement greedy = golden.GetProperty("greedy");
        int[] expected = Ints(greedy.GetProperty("tokens")), untilEnd = Ints(greedy.GetProperty("tokens_until_eos"));
        int[] tokens = Generate(model, [prompt], Math.Max(expected.Length, untilEnd.Length))[0];
        yield return GoldenResult.Equal(tokens.AsSpan(0, expected.Length).SequenceEqual(expected), "greedy tokens");
        int end = Array.FindIndex(tokens, id => Ints(greedy.GetProperty("eos_token_ids")).Contains(id));
        yield return GoldenResult.Equal(end >= 0 && tokens.AsSpan(0, end + 1).SequenceEqual(untilEnd), "greedy tokens up to the end token");

        foreach (string name in (string[])["tokenizer.json", "tokenizer.model"])
        {
            if (!File.Exists(Path.Combine(folder, name))) continue;
            Tokenizer tokenizer = Tokenizer.Load(Path.Combine(folder, name));
            yield return GoldenResult.Equal(tokenizer.Decode([.. prompt, .. expected]) == greedy.GetProperty("text").GetString(), "text by " + name);
            yield return GoldenResult.Equal(tokenizer.Decode([.. prompt, .. untilEnd]) == greedy.GetProperty("text_until_eos").GetString(), "text up to the end token by " + name);
            foreach (JsonElement check in golden.GetProperty("tokenizer_checks").EnumerateArray())
            {
                string text = check.GetProperty("text").GetString()!;
                int[] ids = tokenizer.EncodeIds(text);
                yield return GoldenResult.Equal(ids.SequenceEqual(Ints(check.GetProperty("ids"))), $"ids by {name} of: {text}");
                yield return GoldenResult.Equal(tokenizer.Decode(ids) == check.GetProperty("decoded").GetString(), $"decoded by {name}: {text}");
            }
        }

        using Workspace workspace = model.CreateWorkspace();
        JsonElement[] paragraphs = [.. golden.GetProperty("perplexity").GetProperty("rows").EnumerateArray()];
        for (int i = 0; i < paragraphs.Length; i++)
        {
            int[] ids = file.Ids($"paragraph.{i}.input_ids");
            using TokenBatch batch = TokenBatch.FromRows([ids], [ids]);
            using var t = new Tape(workspace, recording: false);
            float[] losses = new float[batch.NumLabels];
            t.CrossEntropy(model.Hidden(t, batch), model.Head, batch, 1, losses);
            yield return GoldenTensors.Close(Array.ConvertAll(losses, x => -x), file.Floats($"paragraph.{i}.token_logprobs"), LogitTolerance, $"log-probabilities of paragraph {i}");
            double sum = losses.Sum(x => (double)x), wanted = paragraphs[i].GetProperty("nll").GetDouble();
            yield return new GoldenResult(Math.Abs(sum - wanted) <= LossTolerance * wanted, Math.Abs(sum - wanted), LossTolerance * wanted, $"likelihood of paragraph {i}");
        }
    }

    /// <summary>Logits of every token, [tokens · V].</summary>
    internal static float[] Step(ICausalLm model, int[][] ids, KvCache? cache)
    {
        using Workspace workspace = model.CreateWorkspace();
        using TokenBatch batch = TokenBatch.FromRows(ids);
        using var t = new Tape(workspace, recording: false);
        return Numbers(model.Head.Forward(t, model.Hidden(t, batch, cache)).Data);
    }

    internal static int[][] Generate(ICausalLm model, int[][] prompts, int count)
    {
        int vocabulary = model.Shape.VocabularySize;
        using KvCache cache = model.CreateCache(prompts.Max(p => p.Length) + count, prompts.Length);
        var rows = Array.ConvertAll(prompts, _ => new List<int>());
        int[][] next = prompts;
        for (int i = 0; i < count; i++)
        {
            float[] logits = Step(model, next, cache);
            int end = 0;
            for (int r = 0; r < rows.Length; r++)
            {
                end += next[r].Length;
                Span<float> last = logits.AsSpan((end - 1) * vocabulary, vocabulary);
                rows[r].Add(last.IndexOf(last.ToArray().Max()));
            }
            next = Array.ConvertAll(rows, row => (int[])[row[^1]]);
        }
        return Array.ConvertAll(rows, row => row.ToArray());
    }

    private static GoldenResult Same(int[][] actual, JsonElement expected, string what) =>
        GoldenResult.Equal(actual.Zip(expected.EnumerateArray(), (a, e) => a.SequenceEqual(Ints(e))).All(same => same), what);

    internal static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetInt32())];

    internal static float[] Numbers(Tensor x)
    {
        using Tensor flat = x.to(ScalarType.Float32).contiguous();
        return flat.data<float>().ToArray();
    }
}

/// <summary>A padded batch [B, Width] and its real tokens.</summary>
internal sealed record PaddedRows(int Width, int[][] Ids, int[][] Labels, bool[][] Mask)
{
    public static PaddedRows Read(SafetensorsFile file)
    {
        long[] shape = [.. file.Require("input_ids").Shape];
        int width = (int)shape[1];
        int[] ids = file.Ids("input_ids"), mask = file.Ids("attention_mask"), labels = file.Ids("labels");
        bool[][] masks = [.. mask.Chunk(width).Select(row => Array.ConvertAll(row, m => m != 0))];
        return new PaddedRows(width, Select(ids), Select(labels), masks);

        int[][] Select(int[] values) => [.. values.Chunk(width).Zip(masks, (row, real) => row.Where((_, i) => real[i]).ToArray())];
    }

    /// <summary>Of [B, Width, size], the real tokens of all rows.</summary>
    public float[] Real(float[] values, int size) => [.. Enumerable.Range(0, Mask.Length).SelectMany(r => RealOfColumns(values, size, r, 0, Width))];

    /// <summary>Of [1, Width, size], the real tokens of that row.</summary>
    public float[] RealOfRow(float[] values, int size, int row) => [.. Enumerable.Range(0, Width).Where(i => Mask[row][i]).SelectMany(i => values[(i * size)..((i + 1) * size)])];

    /// <summary>Of [B, Width, size], the real tokens of a row in some columns.</summary>
    public IEnumerable<float> RealOfColumns(float[] values, int size, int row, int from, int to) =>
        Enumerable.Range(from, to - from).Where(i => Mask[row][i]).SelectMany(i => values[((row * Width + i) * size)..((row * Width + i + 1) * size)]);

    /// <summary>The real ids of a row in some columns.</summary>
    public int[] Between(int row, int from, int to)
    {
        int before = Mask[row].Take(from).Count(real => real), count = Mask[row].Skip(from).Take(to - from).Count(real => real);
        return Ids[row][before..(before + count)];
    }
}
