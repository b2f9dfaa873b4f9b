using System.Text.Json;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training.Peft;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Lora;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>
/// training/peft: a method on a tiny base, eight optimizer steps. Compared: logits of the base, before and after, every gradient of
/// step 1, loss and gradient norm of each step, trained values, merged weights, and the adapter's files as PEFT wrote them.
/// </summary>
internal sealed class PeftTopic : IGoldenTopic
{
    public string Topic => "training/peft";

    public IEnumerable<GoldenCase> Find(string folder) =>
        from path in Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
        where File.Exists(Path.Combine(path, "run.json"))
        select new GoldenCase(Path.GetFileName(path), () => Run(folder, path));

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

    private static GoldenResult Run(string topic, string folder)
    {
        JsonElement run = GoldenFixtures.ReadJson(Path.Combine(folder, "run.json"));
        string basePath = Path.Combine(topic, run.GetProperty("base").GetString()!);
        bool packed = File.Exists(Path.Combine(folder, QuantisedBase.FileName));
        using CaseModel model = packed ? new LanguageCase(QuantisedBase.Load(basePath, folder)) : CaseModel.Open(basePath);
        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        // "batches/qwen2.safetensors step01..step08"
        using SafetensorsFile batches = SafetensorsFile.Open(Path.Combine(topic, run.GetProperty("hyper").GetProperty("batches").GetString()!.Split(' ')[0]));
        List<GoldenResult> results = packed ? [.. QuantisedBase.Compare(model, folder, golden, batches)] : [model.CompareLogits(batches, batches.Floats("logits_base"), "logits of the base")];
        results.AddRange(PromptRecords.CompareStart(topic, folder, run, model.Model.Tunable, golden));
        using (ITuningMethod method = CaseMethods.Start(folder, run, model.Model.Tunable))
        {
            PeftCatalog.StartTraining(method, model.Model.Tunable);
            results.Add(model.CompareLogits(batches, golden.Floats("logits_init"), "logits before training"));
            results.AddRange(LoraRecords.CompareStart(method, golden, model.Model.Tunable));
            var steps = new MethodRun(model, method, run, golden, batches);
            using SafetensorsFile? masks = File.Exists(Path.Combine(folder, "dropout_masks.safetensors")) ? SafetensorsFile.Open(Path.Combine(folder, "dropout_masks.safetensors")) : null;
            results.AddRange(steps.Steps(prefix => { if (masks is not null) LoraRecords.UseMasks((LoraMethod)method, masks, batches, prefix); }));
            results.Add(model.CompareLogits(batches, golden.Floats("logits_final"), "logits after training"));
            results.AddRange(new MethodValues(method, steps).Compare(folder));
            results.AddRange(LoraRecords.CompareConverted(method, folder));
            // A packed base is merged, and packed again, in quant/bnb, where a kernel's slip has no part in the numbers.
            if (!packed) results.AddRange(MergedRecords.Compare(model.Model, method, run, golden, (expected, what) => model.CompareLogits(batches, expected, what)));
        }
        if (Directory.Exists(Path.Combine(folder, "adapter_final"))) results.AddRange(WriteAgain(folder, model, batches, golden));
        return GoldenResult.All(results);
    }

    /// <summary>A recorded adapter, read and written: it gives the recorded logits, and the weights' file comes out byte for byte.</summary>
    private static IEnumerable<GoldenResult> WriteAgain(string folder, CaseModel model, SafetensorsFile batches, SafetensorsFile golden)
    {
        string again = Directory.CreateTempSubdirectory("tunesharp-adapter-").FullName;
        try
        {
            using ITuningMethod method = PeftCatalog.LoadAdapter(Path.Combine(folder, "adapter_final"), model.Model.Tunable);
            yield return model.CompareLogits(batches, golden.Floats("logits_final"), "logits of PEFT's folder");
            method.ToAdapter()!.Write(again);
            byte[] written = File.ReadAllBytes(Path.Combine(again, AdapterFolder.WeightsFile)), recorded = File.ReadAllBytes(Path.Combine(folder, "adapter_final", AdapterFolder.WeightsFile));
            yield return GoldenResult.Equal(written.AsSpan().SequenceEqual(recorded), "adapter_model.safetensors is not written as PEFT writes it");
        }
        finally
        {
            Directory.Delete(again, recursive: true);
        }
    }
}
