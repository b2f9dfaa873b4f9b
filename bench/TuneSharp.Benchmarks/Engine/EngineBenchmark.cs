using System.Diagnostics;
using System.Globalization;

namespace TuneSharp.Benchmarks.Engine;

/// <summary>
/// LoRA r 8, SmolLM2-135M's shape with random weights, float32: a training step on the tape against the same graph written
/// plainly in TorchSharp with autograd (base frozen, torch's attention, whole logits). Each variant in a process of its own,
/// pairs one after another, so that both halves of a ratio saw the same machine.
/// </summary>
public sealed class EngineBenchmark : IBenchmark
{
    public string Name => "engine";

    public string Description => "LoRA step, own tape against TorchSharp autograd: tokens/s and peak memory [--steps 5] [--rounds 1] [--tokens 512] [--rows 1]";

    public int Run(string[] args)
    {
        int steps = Option(args, "--steps", 5), rounds = Option(args, "--rounds", 1), tokens = Option(args, "--tokens", 512), rows = Option(args, "--rows", 1);
        if (args is ["child", string engine, string targets, ..])
        {
            StepTimes times = engine == "tape" ? TapeStep.Measure(targets, steps, tokens, rows) : PlainStep.Measure(targets, steps, tokens, rows);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"result {tokens / Median(times.Seconds)} {Machine.PeakResidentMb()} {times.Loss} {Median(times.ProcessorSeconds)}"));
            return 0;
        }

        Console.WriteLine($"{rows} row(s), {tokens} tokens a step, median of {steps} steps, {rounds} round(s)");
        Console.WriteLine("targets      engine   tokens/s   peak MB   processor s a step   loss after the steps");
        foreach (string target in (string[])["qv", "all-linear"])
        {
            List<double> speed = [], memory = [], work = [];
            for (int round = 0; round < rounds; round++)
            {
                double[] tape = Child("tape", target), plain = Child("plain", target);
                speed.Add(tape[0] / plain[0]);
                memory.Add(tape[1] / plain[1]);
                work.Add(plain[3] / tape[3]);
            }
            Console.WriteLine($"{target,-12} tape / plain: speed {Median(speed):0.00} (by processor time {Median(work):0.00}), peak memory {Median(memory):0.00}");

            double[] Child(string engine, string targets)
            {
                double[] r = RunChild(engine, targets, steps, tokens, rows);
                Console.WriteLine($"{targets,-12} {engine,-8} {r[0],8:0.0}  {r[1],8:0}   {r[3],18:0.00}   {r[2]:0.00000}");
                return r;
            }
        }
        return 0;
    }

    /// <summary>What a child measures: wall and processor time of each step after the first.</summary>
    internal sealed class StepTimes
    {
        public List<double> Seconds { get; } = [];

        public List<double> ProcessorSeconds { get; } = [];

        public double Loss { get; set; }

        /// <summary>Runs a step; the first only warms up.</summary>
        public void Run(bool warmUp, Func<double> step)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            Loss = step();
            if (warmUp) return;
            Seconds.Add(watch.Elapsed.TotalSeconds);
            ProcessorSeconds.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }
    }

    internal static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static double[] RunChild(string engine, string targets, int steps, int tokens, int rows)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "engine", "child", engine, targets, "--steps", $"{steps}", "--tokens", $"{tokens}", "--rows", $"{rows}" },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Insert(0, typeof(EngineBenchmark).Assembly.Location);
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        string line = output.Split('\n').FirstOrDefault(l => l.StartsWith("result ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"The measured process ended with code {child.ExitCode}: {output}");
        return [.. line.Split(' ')[1..].Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }

    private static int Option(string[] args, string name, int fallback) =>
        Array.IndexOf(args, name) is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : fallback;
}
