using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training.Peft;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Bottleneck;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>
/// training/bottleneck: adapters of the library `adapters` on bases and batches of training/peft. Compared as there; a case without an
/// adapter folder is put together from its config and its tensors.
/// </summary>
internal sealed class BottleneckTopic : IGoldenTopic
{
    private const string Head = "classifier.";

    public string Topic => "training/bottleneck";

    /// <summary>Bases and batches are those of training/peft.</summary>
    private static string Training => Path.Combine(GoldenFixtures.Root, "training");

    public IEnumerable<GoldenCase> Find(string folder) =>
        Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(path => new GoldenCase(Path.GetFileName(path), () => Run(Training, path)));

    public string? SpoilOne(string copy)
    {
        foreach (GoldenCase found in Find(copy))
        {
            if (!GoldenRun.RunOne(found).Agreed) continue;
            GoldenTensors.Move(Path.Combine(copy, found.Name, "golden.safetensors"), "logits_final", 0, (float)(10 * CaseModel.LogitTolerance));
            return found.Name;
        }

        return null;
    }

    private static GoldenResult Run(string training, string folder)
    {
        JsonElement run = GoldenFixtures.ReadJson(Path.Combine(folder, "run.json"));
        using CaseModel model = CaseModel.Open(Path.Combine(training, run.GetProperty("base").GetString()!));
        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        using SafetensorsFile batches = SafetensorsFile.Open(Path.Combine(training, run.GetProperty("hyper").GetProperty("batches").GetString()!.Split(' ')[0]));
        var results = new List<GoldenResult> { model.CompareLogits(batches, batches.Floats("logits_base"), "logits of the base") };
        using (ITuningMethod method = Start(folder, run, model.Model.Tunable))
        {
            PeftCatalog.StartTraining(method, model.Model.Tunable);
            results.Add(model.CompareLogits(batches, golden.Floats("logits_init"), "logits before training"));
            var steps = new MethodRun(model, method, run, golden, batches);
            results.AddRange(steps.Steps());
            results.Add(model.CompareLogits(batches, golden.Floats("logits_final"), "logits after training"));
            results.AddRange(Values(folder, method.ToAdapter()!, new MethodValues(method, steps)));
        }
        if (Directory.Exists(Path.Combine(folder, "adapter_final")))
        {
            using ITuningMethod loaded = PeftCatalog.LoadAdapter(Path.Combine(folder, "adapter_final"), model.Model.Tunable);
            results.Add(model.CompareLogits(batches, golden.Floats("logits_final"), "logits of the library's folder"));
        }
        return GoldenResult.All(results);
    }

    private static IEnumerable<GoldenResult> Values(string folder, AdapterContents written, MethodValues values)
    {
        string final = Path.Combine(folder, "adapter_final");
        if (!Directory.Exists(final))
        {
            using SafetensorsFile all = SafetensorsFile.Open(Path.Combine(folder, "trainable_final.safetensors"));
            foreach (TensorToWrite tensor in written.Tensors.Concat(written.Beside.SelectMany(file => file.Tensors))) yield return values.CompareTensor(tensor, all);
            yield break;
        }

        using AdapterFolder expected = AdapterFolder.Open(final);
        yield return GoldenResult.Equal(JsonNode.DeepEquals(written.Config, expected.Config), "adapter_config.json differs: " + written.Config.ToJsonString());
        yield return GoldenResult.Equal(PeftRecords.Layout(written.Tensors).SequenceEqual(PeftRecords.Layout(expected.Weights)), "tensor names or shapes differ");
        foreach (TensorToWrite tensor in written.Tensors) yield return values.CompareTensor(tensor, expected.Weights);
        foreach ((string file, IReadOnlyList<TensorToWrite> tensors) in written.Beside)
        {
            using SafetensorsFile beside = SafetensorsFile.Open(Path.Combine(final, file));
            yield return GoldenResult.Equal(PeftRecords.Layout(tensors).SequenceEqual(PeftRecords.Layout(beside)), $"tensor names or shapes in {file} differ");
            foreach (TensorToWrite tensor in tensors) yield return values.CompareTensor(tensor, beside);
        }
        foreach ((string file, JsonObject config) in written.ConfigsBeside)
            yield return GoldenResult.Equal(JsonNode.DeepEquals(config, JsonNode.Parse(File.ReadAllText(Path.Combine(final, file)))), $"{file} differs: {config.ToJsonString()}");
    }

    private static ITuningMethod Start(string folder, JsonElement run, TunableModel model)
    {
        string recorded = Path.Combine(folder, "adapter_init");
        if (Directory.Exists(recorded)) return PeftCatalog.LoadAdapter(recorded, model);
        string together = Directory.CreateTempSubdirectory("tunesharp-adapter-").FullName;
        try
        {
            using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(folder, "trainable_init.safetensors"));
            // "bert.encoder.layer.0.output.adapters.bn.adapter_up.bias"
            string name = tensors.Tensors.Keys.Select(key => key.Split('.')).First(parts => parts.Contains("adapters")).SkipWhile(part => part != "adapters").ElementAt(1);
            var config = new JsonObject { ["config"] = JsonNode.Parse(run.GetProperty("config").GetRawText()), ["name"] = name, ["version"] = "adapters.1.3.0" };
            File.WriteAllText(Path.Combine(together, AdapterFolder.ConfigFile), config.ToJsonString());
            Write(AdapterFolder.BottleneckWeightsFile, ofHead: false);
            Write(BottleneckFile.HeadFile, ofHead: true);
            return PeftCatalog.LoadAdapter(together, model);

            void Write(string file, bool ofHead) => SafetensorsWriter.Write(Path.Combine(together, file), [.. tensors.Tensors.Values.Where(entry => entry.Name.StartsWith(Head, StringComparison.Ordinal) == ofHead).Select(entry =>
                new TensorToWrite(entry.Name, entry.DType, [.. entry.Shape], stream => stream.Write(tensors.ReadBytes(entry))))]);
        }
        finally
        {
            Directory.Delete(together, recursive: true);
        }
    }
}
