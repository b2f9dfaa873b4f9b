using System.Globalization;
using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn;
using TuneSharp.Training.Optimizers;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>One recorded trajectory: an optimizer of a library over twelve gradients, its weights after each step and its memory after the last.</summary>
internal static class OptimizerRun
{
    private const double Tolerance = 1e-6;

    /// <summary>Of Muon's update, whose products are bfloat16.</summary>
    private const double MuonTolerance = 2e-2;

    /// <summary>The optimizer of a library's class: its name in the catalog.</summary>
    private static string? NameOf(string kind) => kind switch
    {
        "torch.AdamW" or "bitsandbytes.AdamW32bit" => "adamw_torch",
        "torch.Adam" => "adam",
        "torch.SGD" => "sgd",
        "torch.RMSprop" => "rmsprop",
        "torch.Adagrad" => "adagrad",
        "torch.NAdam" => "nadam",
        "torch.RAdam" => "radam",
        "torch.Adamax" => "adamax",
        "torch.Adadelta" => "adadelta",
        "torch.Adafactor" => "adafactor_torch",
        "transformers.Adafactor" => "adafactor",
        "bitsandbytes.Lion32bit" => "lion_32bit",
        "torch.Muon" => "muon",
        _ => null,
    };

    public static GoldenResult Compare(string folder, JsonElement run)
    {
        string kind = run.GetProperty("class").GetString()!;
        if (NameOf(kind) is not { } name) return GoldenResult.NotBuilt(kind);
        JsonElement arguments = run.GetProperty("arguments");
        return Repeat(folder, run.GetProperty("name").GetString()!, OptimizerCatalog.Rule(name, Arguments(arguments)), arguments.GetProperty("weight_decay").GetDouble(),
            [.. run.GetProperty("params").EnumerateArray().Select(p => p.GetString()!)], run.GetProperty("lr_per_step"), name == "muon");
    }

    /// <summary>The equation that the data's author wrote beside bitsandbytes' own run, over its parameters.</summary>
    public static GoldenResult CompareLionReference(string folder, JsonElement file, JsonElement reference)
    {
        JsonElement library = file.GetProperty("runs").EnumerateArray().First(run => run.GetProperty("class").GetString() == "bitsandbytes.Lion32bit");
        var rule = new LionRule(reference.GetProperty("betas")[0].GetDouble(), reference.GetProperty("betas")[1].GetDouble());
        return Repeat(folder, "lion_reference", rule, reference.GetProperty("weight_decay").GetDouble(), [.. library.GetProperty("params").EnumerateArray().Select(p => p.GetString()!)],
            library.GetProperty("lr_per_step"), loose: false);
    }

    /// <summary>A library's arguments as this program writes them: pairs become two, what is null or no affair of the rule is left out.</summary>
    private static Dictionary<string, string> Arguments(JsonElement arguments)
    {
        var texts = new Dictionary<string, string>();
        foreach (JsonProperty argument in arguments.EnumerateObject())
        {
            if (argument.Name is "lr" or "weight_decay" or "optim_bits" or "min_8bit_size" || argument.Value.ValueKind == JsonValueKind.Null) continue;
            if (argument.Value.ValueKind != JsonValueKind.Array)
            {
                texts[argument.Name] = Text(argument.Value);
                continue;
            }
            string one = argument.Name switch { "betas" => "beta", "ns_coefficients" => "ns_coefficient", string other => other };
            foreach ((int i, JsonElement value) in argument.Value.EnumerateArray().Index())
                if (value.ValueKind != JsonValueKind.Null) texts[one + (i + 1).ToString(CultureInfo.InvariantCulture)] = Text(value);
        }
        if (texts.Remove("eps", out string? eps)) texts[arguments.TryGetProperty("ns_steps", out _) ? "ns_eps" : "eps"] = eps;
        return texts;
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static GoldenResult Repeat(string folder, string run, IUpdateRule rule, double weightDecay, string[] names, JsonElement rates, bool loose)
    {
        using var scope = NewDisposeScope();
        using SafetensorsFile inputs = SafetensorsFile.Open(Path.Combine(folder, "inputs.safetensors")), expected = SafetensorsFile.Open(Path.Combine(folder, "optimizers.safetensors"));
        Parameter[] parameters = [.. names.Select(name => new Parameter(name, inputs.Tensor("start/" + name)))];
        using var optimizer = new Optimizer(run, rule, [new ParameterGroup(parameters, weightDecay)]);
        var results = new List<GoldenResult>();
        foreach ((int done, JsonElement rate) in rates.EnumerateArray().Index())
        {
            foreach (Parameter p in parameters)
            {
                p.ClearGrad();
                p.Add(inputs.Tensor($"grad{done + 1:00}/{p.Name}"));
            }
            // A rate of its own for each parameter was chosen by the rule itself, and is only recorded.
            double given = rate.ValueKind == JsonValueKind.Number ? rate.GetDouble() : double.NaN;
            optimizer.Step(given);
            foreach (Parameter p in parameters)
            {
                int size = (int)p.NumElements;
                results.Add(GoldenTensors.Close(p.Value.data<float>().ToArray(), expected.Floats($"{run}/{p.Name}").AsSpan(done * size, size), loose ? MuonTolerance * given : Tolerance, $"{p.Name} after step {done + 1}"));
            }
        }
        results.AddRange(parameters.SelectMany(p => CompareStates(expected, $"{run}/state/{p.Name}/", optimizer, p)));
        foreach (Parameter p in parameters) p.Dispose();
        return GoldenResult.All(results);
    }

    private static IEnumerable<GoldenResult> CompareStates(SafetensorsFile expected, string prefix, Optimizer optimizer, Parameter parameter)
    {
        foreach (string key in expected.Tensors.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            string recorded = key[prefix.Length..];
            // bitsandbytes numbers what torch names.
            string? name = new[] { recorded, recorded switch { "state1" => "exp_avg", "state2" => "exp_avg_sq", _ => "" } }.FirstOrDefault(n => optimizer.State.ContainsKey($"{n}.{parameter.Name}"));
            if (name is null)
            {
                yield return GoldenResult.Equal(false, $"nothing is remembered as {recorded}");
                continue;
            }
            float[] values = expected.Floats(key);
            // Second moments of the large gradient are in the hundreds: relative to their size.
            double scale = Math.Max(1, values.Max(Math.Abs));
            yield return GoldenTensors.Close(optimizer.State[$"{name}.{parameter.Name}"].data<float>().ToArray(), values, Tolerance * scale, $"{recorded} of {parameter.Name}");
        }
    }
}
