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
        "bitsandbytes.AdamW8bit" or "bitsandbytes.Adam8bit" => "adamw_bnb_8bit",
        "bitsandbytes.Lion8bit" => "lion_8bit",
        "bitsandbytes.RMSprop8bit" => "rmsprop_bnb_8bit",
        "bitsandbytes.SGD8bit" => "sgd_bnb_8bit",
        _ => null,
    };

    public static GoldenResult Compare(string folder, JsonElement run) => Compare(folder, run, run.GetProperty("name").GetString()!, "lookup");

    /// <summary>The author's own code beside bitsandbytes' run of <c>same_settings_as</c>, with the nearest code in place of the one that is looked up.</summary>
    public static GoldenResult CompareNearest(string folder, JsonElement file, string name, JsonElement reference)
    {
        JsonElement library = file.GetProperty("runs").EnumerateArray().First(run => run.GetProperty("name").GetString() == reference.GetProperty("same_settings_as").GetString());
        return Compare(folder, library, name, "nearest");
    }

    private static GoldenResult Compare(string folder, JsonElement run, string recorded, string codes)
    {
        string kind = run.GetProperty("class").GetString()!;
        if (NameOf(kind) is not { } name) return GoldenResult.NotBuilt(kind);
        JsonElement arguments = run.GetProperty("arguments");
        Dictionary<string, string> own = Arguments(arguments);
        if (kind.EndsWith("8bit", StringComparison.Ordinal))
        {
            // What bitsandbytes lists and its 8-bit kernels do not have is off.
            foreach (string off in own.Where(pair => pair.Value is "false" or "0").Select(pair => pair.Key)) own.Remove(off);
            own["codes"] = codes;
        }
        else own.Remove("min_8bit_size");
        return Repeat(folder, recorded, OptimizerCatalog.Rule(name, own), arguments.GetProperty("weight_decay").GetDouble(),
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
            if (argument.Name is "lr" or "weight_decay" or "optim_bits" || argument.Value.ValueKind == JsonValueKind.Null) continue;
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
        // The author's own runs cover some of a library's parameters.
        Parameter[] parameters = [.. names.Where(name => expected.Tensors.ContainsKey($"{run}/{name}")).Select(name => new Parameter(name, inputs.Tensor("start/" + name)))];
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
            if (Find(optimizer, recorded, parameter) is not { } state)
            {
                yield return GoldenResult.Equal(false, $"nothing is remembered as {recorded}");
                continue;
            }
            if (state.dtype == ScalarType.Byte)
            {
                yield return CompareCodes(expected, key, state, $"{recorded} of {parameter.Name}");
                continue;
            }
            float[] values = expected.Floats(key);
            // Second moments of the large gradient are in the hundreds: relative to their size.
            double scale = Math.Max(1, values.Max(Math.Abs));
            yield return GoldenTensors.Close(state.data<float>().ToArray(), values, Tolerance * scale, $"{recorded} of {parameter.Name}");
        }
    }

    /// <summary>A state by its library's name; bitsandbytes numbers what torch names.</summary>
    private static Tensor? Find(Optimizer optimizer, string recorded, Parameter parameter)
    {
        string[] names = recorded switch
        {
            "state1" => ["exp_avg", "square_avg", "momentum_buffer"],
            "state2" => ["exp_avg_sq"],
            "absmax1" => ["exp_avg_absmax", "square_avg_absmax", "momentum_buffer_absmax"],
            "absmax2" => ["exp_avg_sq_absmax"],
            _ => [recorded],
        };
        return names.Select(name => optimizer.State.GetValueOrDefault($"{name}.{parameter.Name}")).FirstOrDefault(state => state is not null);
    }

    /// <summary>Code for code; a tie may fall to either side.</summary>
    private static GoldenResult CompareCodes(SafetensorsFile expected, string key, Tensor state, string what)
    {
        byte[] codes = expected.ReadBytes(expected.Require(key)), found = state.bytes.ToArray();
        int worst = codes.Zip(found, (a, b) => Math.Abs(a - b)).Max(), different = codes.Zip(found, (a, b) => a == b ? 0 : 1).Sum();
        return GoldenResult.Equal(codes.Length == found.Length && worst <= 1 && different <= codes.Length / 100, $"{different} of {codes.Length} codes differ, by up to {worst}: {what}");
    }
}
