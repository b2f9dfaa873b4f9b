using System.Globalization;
using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Training.Optimizers;
using TuneSharp.Training.Regularization;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>training/optim: trajectories of optimizers over recorded gradients, clipping, the groups that Trainer and LoRA+ make.</summary>
internal sealed class OptimizerTopic : IGoldenTopic
{
    private const string FileName = "optimizers.json";
    private const double Tolerance = 1e-6;

    public string Topic => "training/optim";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        TorchRuntime.EnsureLoaded();
        if (!File.Exists(Path.Combine(folder, FileName))) yield break;
        JsonElement file = GoldenFixtures.ReadJson(Path.Combine(folder, FileName));
        foreach (JsonProperty part in file.EnumerateObject())
        {
            IEnumerable<GoldenCase> cases = part.Name switch
            {
                "steps" => [],
                "runs" => part.Value.EnumerateArray().Select(run => new GoldenCase($"{FileName}/{run.GetProperty("name").GetString()}", () => OptimizerRun.Compare(folder, run))),
                "lion_reference" => [new GoldenCase($"{FileName}/{part.Name}", () => OptimizerRun.CompareLionReference(folder, file, part.Value))],
                "adamw8_reference_nearest" => [new GoldenCase($"{FileName}/{part.Name}", () => OptimizerRun.CompareNearest(folder, file, part.Name, part.Value))],
                "blockwise_signed_codes_that_differ" or "blockwise_unsigned_codes_that_differ" => [new GoldenCase($"{FileName}/{part.Name}", () => EightBitCodes.Compare(folder, part.Name[..^"_codes_that_differ".Length], part.Value.GetInt32()))],
                "clipping" => part.Value.EnumerateArray().Select(entry => new GoldenCase($"{FileName}/{entry.GetProperty("name").GetString()}", () => CompareClipping(folder, entry))),
                "trainer_decay_groups" => part.Value.EnumerateObject().Select(model => new GoldenCase($"{FileName}/trainer_decay_groups/{model.Name}", () => CompareDecay(model.Value))),
                "neftune" => [new GoldenCase($"{FileName}/{part.Name}", () => CompareNoise(folder, part.Value))],
                "loraplus_groups" => [new GoldenCase($"{FileName}/{part.Name}", () => CompareLoraPlus(part.Value))],
                _ => [new GoldenCase($"{FileName}/{part.Name}", () => GoldenResult.NotBuilt(part.Name))],
            };
            foreach (GoldenCase found in cases) yield return found;
        }

        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(folder, "optimizers.safetensors"));
        foreach (string map in tensors.Tensors.Keys.Where(name => name.StartsWith("dynamic_map", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            yield return new GoldenCase($"optimizers.safetensors/{map}", () => EightBitCodes.CompareMap(folder, map));
    }

    public string? SpoilOne(string copy)
    {
        GoldenCase? agreed = Find(copy).FirstOrDefault(found => found.Name.Contains("/adamw", StringComparison.Ordinal) && GoldenRun.RunOne(found).Agreed);
        if (agreed is null) return null;
        GoldenTensors.Move(Path.Combine(copy, "optimizers.safetensors"), agreed.Name[(FileName.Length + 1)..] + "/W", 7, (float)(10 * Tolerance));
        return agreed.Name;
    }

    private static GoldenResult CompareClipping(string folder, JsonElement entry)
    {
        // "inputs grad06 W, b"
        string[] words = entry.GetProperty("input").GetString()!.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        using var scope = NewDisposeScope();
        using SafetensorsFile inputs = SafetensorsFile.Open(Path.Combine(folder, "inputs.safetensors")), expected = SafetensorsFile.Open(Path.Combine(folder, "optimizers.safetensors"));
        Parameter[] parameters = [.. words[2..].Select(p => new Parameter(p, zeros(inputs.Require($"{words[1]}/{p}").Shape.ToArray())))];
        foreach (Parameter p in parameters) p.Add(inputs.Tensor($"{words[1]}/{p.Name}"));
        double limit = entry.GetProperty("limit").GetDouble();
        bool byValue = entry.GetProperty("kind").GetString() == "value";
        string type = entry.GetProperty("norm_type").GetString()!;
        double norm = byValue ? GradientClipping.Clip(parameters, 0, maxValue: limit)
            : GradientClipping.Clip(parameters, limit, type == "inf" ? double.PositiveInfinity : double.Parse(type, CultureInfo.InvariantCulture));
        return GoldenResult.All(
        [
            .. byValue ? Array.Empty<GoldenResult>() : [RecordedRows.Relative(norm, entry.GetProperty("total_norm").GetDouble(), Tolerance, "norm")],
            .. parameters.Select(p => GoldenTensors.Close(p.Grad!.data<float>().ToArray(), expected.Floats($"{entry.GetProperty("name").GetString()}/{p.Name}"), Tolerance, $"clipped gradient of {p.Name}")),
        ]);
    }

    private static GoldenResult CompareDecay(JsonElement groups)
    {
        IEnumerable<string> wrong = groups.GetProperty("decay").EnumerateArray().Select(n => n.GetString()!).Where(n => !WeightDecayRule.Decays(n))
            .Concat(groups.GetProperty("no_decay").EnumerateArray().Select(n => n.GetString()!).Where(WeightDecayRule.Decays));
        return GoldenResult.Equal(!wrong.Any(), "wrong group: " + string.Join(", ", wrong));
    }

    private static GoldenResult CompareLoraPlus(JsonElement recorded)
    {
        JsonElement arguments = recorded.GetProperty("arguments");
        double rate = arguments.GetProperty("lr").GetDouble();
        using var scope = NewDisposeScope();
        // Only names are recorded; weights of biases and norms are vectors.
        Parameter[] all = [.. recorded.GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("params").EnumerateArray()).Select(name => name.GetString()!).Order(StringComparer.Ordinal)
            .Select(name => new Parameter(name, name.Contains("norm", StringComparison.Ordinal) || name.EndsWith("bias", StringComparison.Ordinal) ? zeros(2) : zeros(2, 2)))];
        IReadOnlyList<ParameterGroup> groups = ParameterGroups.LoraPlus(all, rate, arguments.GetProperty("loraplus_weight_decay").GetDouble(), arguments.GetProperty("loraplus_lr_ratio").GetDouble(),
            arguments.GetProperty("loraplus_lr_embedding").GetDouble());
        List<GoldenResult> results = [GoldenResult.Equal(groups.Count == recorded.GetProperty("groups").GetArrayLength(), $"{groups.Count} groups")];
        foreach ((ParameterGroup group, JsonElement expected) in groups.Zip(recorded.GetProperty("groups").EnumerateArray()))
        {
            results.Add(RecordedRows.Relative(group.RateFactor * rate, expected.GetProperty("lr").GetDouble(), 1e-12, "learning rate of a group"));
            results.Add(GoldenResult.Equal(group.WeightDecay == expected.GetProperty("weight_decay").GetDouble(), "weight decay of a group"));
            results.Add(GoldenResult.Equal(group.Parameters.Select(p => p.Name).ToHashSet().SetEquals(expected.GetProperty("params").EnumerateArray().Select(n => n.GetString()!)), "parameters of a group"));
        }
        foreach (Parameter p in all) p.Dispose();
        return GoldenResult.All(results);
    }

    /// <summary>Nobody can repeat the drawn numbers: what agrees is the embedding, the bound that the recorded noise fills, and that ours fills it too.</summary>
    private static GoldenResult CompareNoise(string folder, JsonElement recorded)
    {
        using var scope = NewDisposeScope();
        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(folder, "optimizers.safetensors"));
        int length = (int)tensors.Require("neftune/input_ids").Shape[1];
        using var weight = new Parameter("embedding", tensors.Tensor("neftune/embedding"));
        var embedding = new Embedding("embedding", weight);
        using TokenBatch batch = TokenBatch.FromRows([.. tensors.Ids("neftune/input_ids").Chunk(length)]);
        float[] clean = tensors.Floats("neftune/clean"), noisy = tensors.Floats("neftune/noisy");
        double alpha = recorded.GetProperty("alpha").GetDouble(), bound = NeftuneNoise.Magnitude(alpha, length, embedding.Width);
        using var noise = new NeftuneNoise(alpha, embedding);
        float[] measured = Forward(training: false), ours = Forward(training: true);
        double theirLargest = Largest(noisy, clean), ourLargest = Largest(ours, clean);
        return GoldenResult.All(
        [
            GoldenTensors.Close(measured, clean, Tolerance, "the embedding without noise"),
            RecordedRows.Relative(bound, recorded.GetProperty("magnitude").GetDouble(), Tolerance, "magnitude"),
            GoldenResult.Equal(theirLargest <= bound + Tolerance && theirLargest > 0.9 * bound, $"the recorded noise of {theirLargest} does not fill ±{bound}"),
            GoldenResult.Equal(ourLargest <= bound + Tolerance && ourLargest > 0.9 * bound, $"noise of {ourLargest} does not fill ±{bound}"),
        ]);

        float[] Forward(bool training)
        {
            using var workspace = new Workspace();
            using var tape = new Tape(workspace, recording: false) { Training = training, Seed = 1 };
            return embedding.Forward(tape, batch).Data.data<float>().ToArray();
        }

        static double Largest(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Abs((double)x - y)).Max();
    }
}
