// B = rows, T = tokens, V = vocabulary
using System.Runtime.InteropServices;
using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Combining;
using TuneSharp.Peft.Combining.Rows;
using TuneSharp.Peft.Lora;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>training/multi: several LoRAs on one model, each alone, stacked, merged, one a row; and new adapters made of several.</summary>
internal sealed class MultiAdapterTopic : IGoldenTopic
{
    // training/README.md: logits 1e-4, weights 1e-4
    private const double Tolerance = 1e-4;

    public string Topic => "training/multi";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "multi.json"))) yield break;
        JsonElement file = GoldenFixtures.ReadJson(Path.Combine(folder, "multi.json"));
        string[] adapters = [.. file.GetProperty("adapters").EnumerateObject().Select(p => p.Name)];
        HashSet<string> combinations = [.. file.GetProperty("combinations").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];
        string[] logits;
        using (SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(folder, "multi.safetensors")))
            logits = [.. tensors.Tensors.Keys.Where(name => name.StartsWith("logits.", StringComparison.Ordinal)).Select(name => name["logits.".Length..]).Order(StringComparer.Ordinal)];
        foreach (string name in logits)
        {
            yield return new GoldenCase($"logits/{name}", () => combinations.Contains(name) ? CombinationCases.Run(folder, file, name, saved => Combined(folder, file, name, saved))
                : name == "mixed_batch" ? MixedBatch(folder, file)
                : Named(name, adapters) is { } on ? Logits(folder, file, name, on) : GoldenResult.NotBuilt(name));
        }
        yield return new GoldenCase("merge", () => Merge(folder, file));
    }

    public string? SpoilOne(string copy)
    {
        if (!File.Exists(Path.Combine(copy, "multi.safetensors"))) return null;
        // The copy has no base beside it, so what is spoiled must not need one: nothing here qualifies.
        if (!Directory.Exists(Path.Combine(copy, "..", "peft"))) return null;
        GoldenTensors.Move(Path.Combine(copy, "multi.safetensors"), "logits.base", 0, (float)(10 * Tolerance));
        return "logits/base";
    }

    /// <summary>`a`, `base`, `stack_ab`, `merged_ab` → names of the adapters that are on; null for anything else.</summary>
    private static string[]? Named(string name, string[] adapters)
    {
        if (name == "base") return [];
        if (adapters.Contains(name)) return [name];
        string[] letters = [.. name[(name.IndexOf('_') + 1)..].Select(c => c.ToString())];
        return name.StartsWith("stack_", StringComparison.Ordinal) || name.StartsWith("merged_", StringComparison.Ordinal) ? letters.All(adapters.Contains) ? letters : null : null;
    }

    private static GoldenResult Logits(string folder, JsonElement file, string name, string[] on)
    {
        using ICausalLm model = Load(folder, file);
        using AdapterSet set = LoadAll(folder, file, model);
        float[][] before = Rows(model, folder, "probe");
        set.SwitchAll(on: false);
        float[][] plain = Rows(model, folder, "probe");
        foreach (string adapter in on) set.Switch(adapter, on: true);
        if (!name.StartsWith("merged_", StringComparison.Ordinal)) return Compare(folder, "probe", "logits." + name, Rows(model, folder, "probe"));

        using MergedAdapters merged = set.Merge();
        GoldenResult result = Compare(folder, "probe", "logits." + name, Rows(model, folder, "probe"));
        merged.Unmerge();
        set.SwitchAll(on: false);
        bool exact = Rows(model, folder, "probe").Zip(plain, (a, b) => a.SequenceEqual(b)).All(same => same);
        set.SwitchAll(on: true);
        bool again = Rows(model, folder, "probe").Zip(before, (a, b) => a.SequenceEqual(b)).All(same => same);
        return GoldenResult.All([result, GoldenResult.Equal(exact && again, "unmerging does not give the base back bit for bit")]);
    }

    private static GoldenResult Combined(string folder, JsonElement file, string name, string saved)
    {
        using ICausalLm model = Load(folder, file);
        using ITuningMethod method = PeftCatalog.LoadAdapter(saved, model.Tunable);
        return Compare(folder, "probe", "logits." + name, Rows(model, folder, "probe"));
    }

    /// <summary>One adapter a row, all rows in one batch; afterwards the set is as it was.</summary>
    private static GoldenResult MixedBatch(string folder, JsonElement file)
    {
        using ICausalLm model = Load(folder, file);
        using AdapterSet set = LoadAll(folder, file, model);
        float[][] before = Rows(model, folder, "mixed");
        string[] names = [.. file.GetProperty("mixed_batch").GetProperty("adapter_names").EnumerateArray().Select(e => e.GetString()!)];
        int[][] ids = Ids(folder, "mixed");
        using Workspace workspace = model.CreateWorkspace();
        using TokenBatch batch = TokenBatch.FromRows(ids);
        float[] all;
        using (RowAdapters.Assign(set, batch, names))
        using (var t = new Tape(workspace, recording: false))
            all = MemoryMarshal.Cast<byte, float>(model.Head.Forward(t, model.Hidden(t, batch)).Data.to(ScalarType.Float32).contiguous().bytes).ToArray();
        int vocabulary = all.Length / batch.NumTokens;
        float[][] rows = [.. batch.Rows.Select(row => all[(row.Start * vocabulary)..((row.Start + row.Length) * vocabulary)])];
        bool restored = Rows(model, folder, "mixed").Zip(before, (a, b) => a.SequenceEqual(b)).All(same => same);
        return GoldenResult.All([Compare(folder, "mixed", "logits.mixed_batch", rows), GoldenResult.Equal(restored, "the adapters are not as they were before the mixed batch")]);
    }

    private static GoldenResult Merge(string folder, JsonElement file)
    {
        using ICausalLm model = Load(folder, file);
        using AdapterSet set = LoadAll(folder, file, model);
        set.SwitchAll(on: false);
        foreach (string name in (string[])["a", "b"]) set.Switch(name, on: true);
        Linear linear = model.Linears.Single(l => l.Name.EndsWith(file.GetProperty("merge").GetProperty("layer").GetString()!, StringComparison.Ordinal));
        using MergedAdapters merged = set.Merge();
        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(folder, "multi.safetensors"));
        return GoldenTensors.Close(linear.Weight.Value.data<float>().ToArray(), tensors.Floats("merge_ab.weight"), Tolerance, "merged weight");
    }

    private static ICausalLm Load(string folder, JsonElement file) => ModelCatalog.Load(Path.Combine(folder, "..", file.GetProperty("base").GetString()!));

    private static AdapterSet LoadAll(string folder, JsonElement file, ICausalLm model)
    {
        var set = new AdapterSet(model.Tunable);
        foreach (JsonProperty adapter in file.GetProperty("adapters").EnumerateObject()) set.Load(adapter.Name, Path.Combine(folder, adapter.Value.GetString()!));
        return set;
    }

    /// <summary>Logits of the real tokens of each row of `what`.input_ids.</summary>
    private static float[][] Rows(ICausalLm model, string folder, string what)
    {
        using Workspace workspace = model.CreateWorkspace();
        return [.. Ids(folder, what).Select(row =>
        {
            using TokenBatch batch = TokenBatch.FromRows([row]);
            using var t = new Tape(workspace, recording: false);
            return MemoryMarshal.Cast<byte, float>(model.Head.Forward(t, model.Hidden(t, batch)).Data.to(ScalarType.Float32).contiguous().bytes).ToArray();
        })];
    }

    private static int[][] Ids(string folder, string what)
    {
        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(folder, "multi.safetensors"));
        return RecordedRows.Unpadded(tensors, what, "input_ids");
    }

    private static GoldenResult Compare(string folder, string what, string name, float[][] actual)
    {
        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(folder, "multi.safetensors"));
        int width = (int)tensors.Require(what + ".input_ids").Shape[1];
        int[][] masks = [.. tensors.Ids(what + ".attention_mask").Chunk(width)];
        float[] expected = tensors.Floats(name);
        int vocabulary = expected.Length / masks.Length / width;
        return GoldenResult.All(masks.Select((mask, r) =>
        {
            float[] real = [.. Enumerable.Range(0, width).Where(i => mask[i] == 1).SelectMany(i => expected[((r * width + i) * vocabulary)..((r * width + i + 1) * vocabulary)])];
            return GoldenTensors.Close(actual[r], real, Tolerance, $"{name}, row {r}");
        }));
    }
}
