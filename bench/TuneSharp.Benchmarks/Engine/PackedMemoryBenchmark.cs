using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Nn;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Recipes;
using TuneSharp.Training.Settings;

namespace TuneSharp.Benchmarks.Engine;

/// <summary>
/// QLoRA's memory: a model whose matrices are drawn one by one and packed, what it holds against bfloat16, what making it held
/// besides, how fast it is unpacked, and the peak of one step of LoRA.
/// </summary>
public sealed class PackedMemoryBenchmark : IBenchmark
{
    public string Name => "packed-memory";

    public string Description => "memory of a packed base and one LoRA step: [--shape 7b|1b|tiny] [--quantization nf4] [--double 1] [--block 64] [--tokens 32]";

    public int Run(string[] args)
    {
        string Text(string name, string fallback) => Array.IndexOf(args, name) is var at and >= 0 ? args[at + 1] : fallback;
        HfConfig config = Config(Text("--shape", "tiny"));
        var settings = new ModelSettings
        {
            WeightsDtype = "bfloat16",
            ComputeDtype = "float32",
            Quantization = Text("--quantization", "nf4"),
            DoubleQuantization = Text("--double", "1") != "0",
            QuantizationBlockSize = int.Parse(Text("--block", "64"), CultureInfo.InvariantCulture),
        };
        int tokens = int.Parse(Text("--tokens", "32"), CultureInfo.InvariantCulture);
        TuneSharp.Nn.Runtime.TorchRuntime.EnsureLoaded();
        using var peak = new PeakMemory();
        double before = Machine.AnonymousMb();
        var clock = Stopwatch.StartNew();
        using ICausalLm model = ModelCatalog.CreateRandom(config, 1, settings);
        double built = Machine.AnonymousMb(), bfloat16 = model.Parameters.Sum(parameter => parameter.NumElements) * 2 / 1048576.0, most = model.Parameters.Max(parameter => parameter.NumElements) * 4 / 1048576.0;
        Say($"{model.Parameters.Sum(parameter => parameter.NumElements) / 1e9:0.00} G weights as {settings.Quantization} in {clock.Elapsed.TotalSeconds:0} s: {built - before:0} MB anonymous, {(built - before) / bfloat16:0.000} of bfloat16 ({bfloat16:0} MB)");
        Say($"while it was made at most {peak.Mb - built:0} MB more; the largest matrix has {most:0} MB in float32");
        Say($"unpacked {UnpackedGigabytes(model):0.00} GB of float32 a second");
        peak.Reset();
        clock.Restart();
        Train(model, tokens);
        Say($"one LoRA step of {tokens} tokens in {clock.Elapsed.TotalSeconds:0} s: {peak.Mb:0} MB at most");
        return 0;
    }

    private static HfConfig Config(string shape)
    {
        (int hidden, int inner, int layers, int heads, int vocabulary) = shape switch
        {
            "7b" => (4096, 11008, 32, 32, 32000),
            "1b" => (2048, 5632, 22, 32, 32000),
            _ => (512, 1408, 8, 8, 2000),
        };
        return HfConfig.Parse($$"""
            { "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": {{hidden}}, "intermediate_size": {{inner}}, "num_hidden_layers": {{layers}}, "num_attention_heads": {{heads}},
              "num_key_value_heads": {{heads}}, "vocab_size": {{vocabulary}}, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": false }
            """, "benchmark");
    }

    private static double UnpackedGigabytes(ICausalLm model)
    {
        PackedMatrix matrix = model.Linears[^1].Weight.Packed!;
        using torch.Tensor panel = torch.empty([Math.Min(matrix.Rows, 512), matrix.Columns], dtype: torch.ScalarType.Float32);
        matrix.Unpack(0, panel);
        var clock = Stopwatch.StartNew();
        int times = 0;
        for (; clock.ElapsedMilliseconds < 1000; times++) matrix.Unpack(0, panel);
        return times * panel.numel() * sizeof(float) / clock.Elapsed.TotalSeconds / 1e9;
    }

    private static void Train(ICausalLm model, int tokens)
    {
        string work = Directory.CreateTempSubdirectory("tunesharp-packed-").FullName;
        try
        {
            int[] ids = [.. Enumerable.Range(1, tokens)];
            SftRecipe.Run(new SftRequest
            {
                Model = model,
                Method = new MethodSettings { Options = new LoraSettings { R = 8, TargetModules = ["all-linear"] } },
                Training = new TrainingSettings { MaxSteps = 1, PerDeviceTrainBatchSize = 1, GradientCheckpointing = true, SaveSteps = 0, EvalSteps = 0 },
                Train = [new TrainingExample(ids, ids)],
                CheckpointsFolder = Path.Combine(work, "checkpoints"),
                ResultFolder = Path.Combine(work, "result"),
                Report = _ => { },
            }).Method.Dispose();
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
