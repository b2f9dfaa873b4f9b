using System.Globalization;
using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Golden.Harness;
using TuneSharp.Models.Settings;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Settings;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>One recorded fine-tuning run of a language model: runs/NAME.json with the rows that it was made on.</summary>
/// <param name="Folder">outcomes/real_runs.</param>
internal sealed record RecordedRun(string Folder, string Name, JsonElement Json)
{
    private readonly Lazy<JsonElement> _data = new(() => GoldenFixtures.ReadJson(Path.Combine(Folder, "data", Json.GetProperty("data").GetString() + ".json.gz")));

    public static RecordedRun Read(string path) => new(Path.GetFullPath(Path.Combine(path, "..", "..")), Path.GetFileNameWithoutExtension(path), GoldenFixtures.ReadJson(path));

    public long Seed => Json.GetProperty("seed").GetInt64();

    public string ModelName => Json.GetProperty("model").GetString()!.Split(' ')[0];

    /// <summary>The rows' order of the steps makes every batch: a run here takes them one after the other.</summary>
    public TrainingExample[] TrainInOrder()
    {
        TrainingExample[] rows = Rows(_data.Value.GetProperty("train"));
        return [.. Json.GetProperty("steps").EnumerateArray().SelectMany(step => step.EnumerateArray()).Select(row => rows[row.GetInt32()])];
    }

    public TrainingExample[] Eval => Rows(_data.Value.GetProperty("eval"));

    /// <summary>Rows of another kind of text, on which the run is measured too; null: there are none.</summary>
    public TrainingExample[]? Plain => _data.Value.TryGetProperty("plain", out JsonElement plain) ? Rows(plain) : null;

    public JsonElement EvalData => _data.Value.GetProperty("eval");

    public JsonElement Curve(string column) => Json.GetProperty("train").GetProperty(column);

    public int NumSteps => Json.GetProperty("steps").GetArrayLength();

    /// <summary>What stands in the way of repeating it; null: nothing.</summary>
    public string? Unknown()
    {
        if (Json.GetProperty("method").GetString() is not ("lora" or "qlora" or "full") and var method) return $"The method {method}";
        if (Json.TryGetProperty("dropout", out JsonElement dropout) && dropout.GetDouble() != 0) return "Dropout as torch draws it";
        int batch = Json.GetProperty("batch_size").GetInt32(), accumulation = Accumulation;
        int[] sizes = [.. Json.GetProperty("steps").EnumerateArray().Select(step => step.GetArrayLength())];
        return sizes.SkipLast(1).All(size => size == batch * accumulation) && sizes[^1] <= batch * accumulation ? null : "Steps of different sizes";
    }

    /// <summary>The base is packed in fewer bits, as in "bitsandbytes nf4, blocksize 64, double quant, compute float32".</summary>
    public bool IsQuantised => Json.TryGetProperty("quantisation", out JsonElement text) && text.ValueKind == JsonValueKind.String;

    /// <summary>How the model is loaded: in float32, the linears of its blocks packed if the recording says so.</summary>
    public ModelSettings Model
    {
        get
        {
            var plain = new ModelSettings { WeightsDtype = "float32", ComputeDtype = "float32" };
            if (!IsQuantised) return plain;
            string[] words = Json.GetProperty("quantisation").GetString()!.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
            int size = Array.IndexOf(words, "blocksize");
            return plain with { Quantization = words.First(word => word is "nf4" or "fp4" or "int8"), QuantizationBlockSize = size < 0 ? 64 : int.Parse(words[size + 1], CultureInfo.InvariantCulture), DoubleQuantization = words.Contains("double") };
        }
    }

    public MethodSettings Method => Json.GetProperty("method").GetString() == "full" ? new MethodSettings { Method = "full" } : new MethodSettings
    {
        Options = new LoraSettings
        {
            R = Json.GetProperty("r").GetInt32(),
            LoraAlpha = Json.GetProperty("lora_alpha").GetDouble(),
            TargetModules = Json.GetProperty("target_modules") is { ValueKind: JsonValueKind.String } one ? [one.GetString()!] : [.. Json.GetProperty("target_modules").EnumerateArray().Select(name => name.GetString()!)],
        },
    };

    public TrainingSettings Training => new()
    {
        LearningRate = Json.GetProperty("lr").GetDouble(),
        LrSchedulerType = Json.GetProperty("schedule").GetString()!,
        WarmupSteps = Json.GetProperty("warmup_steps").GetDouble(),
        MaxGradNorm = Json.GetProperty("max_grad_norm").GetDouble(),
        PerDeviceTrainBatchSize = Json.GetProperty("batch_size").GetInt32(),
        GradientAccumulationSteps = Accumulation,
        MaxSteps = NumSteps,
        TrainSamplingStrategy = TrainSamplingStrategy.Sequential,
        LoadBestModelAtEnd = false,
        EvalSteps = 0,
        SaveSteps = 0,
        Seed = Seed,
    };

    /// <summary>PEFT wraps the names of an adapter's tensors; the recording leaves that out.</summary>
    public static string PlainName(string name) => name.StartsWith("base_model.model.", StringComparison.Ordinal) ? name["base_model.model.".Length..] : name;

    private int Accumulation => Json.TryGetProperty("accumulation", out JsonElement accumulation) ? accumulation.GetInt32() : 1;

    private static TrainingExample[] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(row =>
    {
        int[] ids = [.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())], labels = [.. ids];
        labels.AsSpan(0, row.TryGetProperty("prompt", out JsonElement prompt) ? prompt.GetInt32() : 1).Fill(TrainingExample.Ignored);
        return new TrainingExample(ids, labels);
    })];
}
