using System.Globalization;
using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;
using TuneSharp.Tokenizers;
using TuneSharp.Training.Estimates;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Recipes;
using TuneSharp.Training.Settings;

namespace TuneSharp.Benchmarks.Engine;

/// <summary>How far the memory estimate is off: trains a few steps in this process and watches its anonymous memory.</summary>
public sealed class MemoryBenchmark : IBenchmark
{
    public string Name => "memory";

    public string Description => "memory estimate against measured peak: --model FOLDER [--method lora|full] [--targets q_proj,v_proj] [--r 8] [--rows 4] [--tokens 256] [--shortest 256] [--steps 4] [--dtype auto] [--checkpointing 0]";

    public int Run(string[] args)
    {
        string Text(string name, string fallback) => Array.IndexOf(args, name) is var at and >= 0 ? args[at + 1] : fallback;
        int Number(string name, int fallback) => int.Parse(Text(name, $"{fallback}"), CultureInfo.InvariantCulture);
        string folder = Text("--model", "");
        int rows = Number("--rows", 4), longest = Number("--tokens", 256), shortest = Number("--shortest", longest), steps = Number("--steps", 4);
        var method = Text("--method", "lora") is var chosen and not "lora" ? new MethodSettings { Method = chosen } : new MethodSettings { Options = new LoraSettings { R = Number("--r", 8), TargetModules = Text("--targets", "q_proj,v_proj").Split(',') } };
        bool recompute = Number("--checkpointing", 0) != 0;

        using var peak = new PeakMemory();
        // A run holds the tokenizer too, where there is one; a folder with a configuration alone gives a model with random weights.
        Tokenizer? tokenizer = File.Exists(Path.Combine(folder, "tokenizer.json")) ? Tokenizer.Load(folder) : null;
        HfConfig config = HfConfig.Load(folder);
        bool stored = File.Exists(Path.Combine(folder, "model.safetensors")) || File.Exists(Path.Combine(folder, "model.safetensors.index.json"));
        using ICausalLm model = stored ? ModelCatalog.Load(folder, new ModelSettings { WeightsDtype = Text("--dtype", "auto") }) : ModelCatalog.CreateRandom(config, 1);
        var random = new Random(3);
        int[] Ids(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(model.Shape.VocabularySize))];
        TrainingExample[] train = [.. Enumerable.Range(0, rows * steps).Select(_ => Ids(random.Next(shortest, longest + 1))).Select(ids => new TrainingExample(ids, ids))];
        var training = new TrainingSettings { MaxSteps = steps, PerDeviceTrainBatchSize = rows, GradientCheckpointing = recompute, SaveSteps = 0 };
        string work = Directory.CreateTempSubdirectory("tunesharp-memory-").FullName;
        try
        {
            SftRecipe.Run(new SftRequest { Model = model, Method = method, Training = training, Train = train, CheckpointsFolder = Path.Combine(work, "checkpoints"), ResultFolder = Path.Combine(work, "result"), Report = e => Console.WriteLine($"{e.GetType().Name}: {Machine.AnonymousMb():0} MB now, {peak.Mb:0} MB at most so far") }).Method.Dispose();
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }

        (int tokens, int labels, bool varies) = LargestBatch.Of(train, training);
        MemoryEstimate estimate = MemoryEstimator.ForTraining(config, method, model.Parameters[0].Value.dtype, model.ComputeType, tokens, recompute, labels, varies);
        double measured = peak.Mb, predicted = estimate.Total / 1048576.0;
        Console.WriteLine($"{estimate}");
        GC.KeepAlive(tokenizer);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method.Method} {(method.Options is LoraSettings lora ? string.Join(",", lora.TargetModules) : "")} {tokens} tokens: predicted {predicted:0} MB, measured {measured:0} MB, {100 * (predicted / measured - 1):+0.0;-0.0} %"));
        return 0;
    }
}
