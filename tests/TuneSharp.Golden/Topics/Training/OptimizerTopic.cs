using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Training.Optimizers;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>training/optim: trajectories of optimizers over recorded gradients, clipping, which parameters decay.</summary>
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
                "runs" => part.Value.EnumerateArray().Select(run => new GoldenCase($"{FileName}/{run.GetProperty("name").GetString()}", () => CompareRun(folder, run))),
                "clipping" => part.Value.EnumerateArray().Select(entry => new GoldenCase($"{FileName}/{entry.GetProperty("name").GetString()}", () => CompareClipping(folder, entry))),
                "trainer_decay_groups" => part.Value.EnumerateObject().Select(model => new GoldenCase($"{FileName}/trainer_decay_groups/{model.Name}", () => CompareDecay(model.Value))),
                _ => [new GoldenCase($"{FileName}/{part.Name}", () => GoldenResult.NotBuilt(part.Name))],
            };
            foreach (GoldenCase found in cases) yield return found;
        }

        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(folder, "optimizers.safetensors"));
        foreach (string map in tensors.Tensors.Keys.Where(name => name.StartsWith("dynamic_map", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            yield return new GoldenCase($"optimizers.safetensors/{map}", () => GoldenResult.NotBuilt("8-bit optimizer states"));
    }

    public string? SpoilOne(string copy)
    {
        GoldenCase? agreed = Find(copy).FirstOrDefault(found => found.Name.Contains("/adamw", StringComparison.Ordinal) && GoldenRun.RunOne(found).Agreed);
        if (agreed is null) return null;
        GoldenTensors.Move(Path.Combine(copy, "optimizers.safetensors"), agreed.Name[(FileName.Length + 1)..] + "/W", 7, (float)(10 * Tolerance));
        return agreed.Name;
    }

    private static GoldenResult CompareRun(string folder, JsonElement run)
    {
        string kind = run.GetProperty("class").GetString()!, name = run.GetProperty("name").GetString()!;
        if (kind != "torch.AdamW") return GoldenResult.NotBuilt(kind);
        JsonElement arguments = run.GetProperty("arguments");
        using var scope = NewDisposeScope();
        using SafetensorsFile inputs = SafetensorsFile.Open(Path.Combine(folder, "inputs.safetensors")), expected = SafetensorsFile.Open(Path.Combine(folder, "optimizers.safetensors"));
        Parameter[] parameters = [.. run.GetProperty("params").EnumerateArray().Select(p => new Parameter(p.GetString()!, Load(inputs, "start/" + p.GetString())))];
        var options = new AdamWOptions(arguments.GetProperty("betas")[0].GetDouble(), arguments.GetProperty("betas")[1].GetDouble(), arguments.GetProperty("eps").GetDouble(),
            arguments.GetProperty("weight_decay").GetDouble(), arguments.GetProperty("amsgrad").GetBoolean(), arguments.GetProperty("maximize").GetBoolean());
        using var optimizer = new AdamW(parameters, options, decays: _ => true);
        var results = new List<GoldenResult>();
        int step = 0;
        foreach (JsonElement rate in run.GetProperty("lr_per_step").EnumerateArray())
        {
            step++;
            foreach (Parameter p in parameters)
            {
                p.ClearGrad();
                p.Add(Load(inputs, $"grad{step:00}/{p.Name}"));
            }

            optimizer.Step(rate.GetDouble());
            foreach (Parameter p in parameters)
            {
                int size = (int)p.NumElements;
                results.Add(GoldenTensors.Close(p.Value.data<float>().ToArray(), expected.Floats($"{name}/{p.Name}").AsSpan((step - 1) * size, size), Tolerance, $"{p.Name} after step {step}"));
            }
        }

        foreach (Parameter p in parameters)
        {
            foreach (string state in (string[])["exp_avg", "exp_avg_sq", "max_exp_avg_sq"])
            {
                string key = $"{name}/state/{p.Name}/{state}";
                if (!expected.Tensors.ContainsKey(key)) continue;
                float[] values = expected.Floats(key);
                // Second moments of the large gradient are in the hundreds: relative to their size.
                double scale = Math.Max(1, values.Max(Math.Abs));
                results.Add(GoldenTensors.Close(optimizer.State[$"{state}.{p.Name}"].data<float>().ToArray(), values, Tolerance * scale, $"{state} of {p.Name}"));
            }

            p.Dispose();
        }

        return GoldenResult.All(results);
    }

    private static GoldenResult CompareClipping(string folder, JsonElement entry)
    {
        if (entry.GetProperty("kind").GetString() != "norm" || entry.GetProperty("norm_type").GetString() != "2.0")
            return GoldenResult.NotBuilt($"clipping by {entry.GetProperty("kind")} {entry.GetProperty("norm_type")}");
        // "inputs grad06 W, b"
        string[] words = entry.GetProperty("input").GetString()!.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        using var scope = NewDisposeScope();
        using SafetensorsFile inputs = SafetensorsFile.Open(Path.Combine(folder, "inputs.safetensors")), expected = SafetensorsFile.Open(Path.Combine(folder, "optimizers.safetensors"));
        Parameter[] parameters = [.. words[2..].Select(p => new Parameter(p, zeros(inputs.Require($"{words[1]}/{p}").Shape.ToArray())))];
        foreach (Parameter p in parameters) p.Add(Load(inputs, $"{words[1]}/{p.Name}"));
        double norm = GradientClipping.Clip(parameters, entry.GetProperty("limit").GetDouble());
        return GoldenResult.All(
        [
            RecordedRows.Relative(norm, entry.GetProperty("total_norm").GetDouble(), Tolerance, "norm"),
            .. parameters.Select(p => GoldenTensors.Close(p.Grad!.data<float>().ToArray(), expected.Floats($"{entry.GetProperty("name").GetString()}/{p.Name}"), Tolerance, $"clipped gradient of {p.Name}")),
        ]);
    }

    private static GoldenResult CompareDecay(JsonElement groups)
    {
        IEnumerable<string> wrong = groups.GetProperty("decay").EnumerateArray().Select(n => n.GetString()!).Where(n => !WeightDecayRule.Decays(n))
            .Concat(groups.GetProperty("no_decay").EnumerateArray().Select(n => n.GetString()!).Where(WeightDecayRule.Decays));
        return GoldenResult.Equal(!wrong.Any(), "wrong group: " + string.Join(", ", wrong));
    }

    private static Tensor Load(SafetensorsFile file, string name) => tensor(file.Floats(name)).reshape(file.Require(name).Shape.ToArray());
}
