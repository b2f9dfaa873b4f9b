using TuneSharp.Data;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>Recorded batches, [rows, width] with padding on the right, as unpadded rows; and logits at their real tokens.</summary>
internal static class RecordedRows
{
    public static TrainingExample[] Examples(SafetensorsFile file, string prefix)
    {
        int[][] ids = Unpadded(file, prefix, "input_ids"), labels = Unpadded(file, prefix, "labels");
        return [.. ids.Select((row, i) => new TrainingExample(row, labels[i]))];
    }

    public static int[][] Unpadded(SafetensorsFile file, string prefix, string name)
    {
        int width = (int)file.Require(prefix + "." + name).Shape[1];
        int[] mask = file.Ids(prefix + ".attention_mask"), values = file.Ids(prefix + "." + name);
        return [.. values.Chunk(width).Select((row, r) => row.Where((_, i) => mask[r * width + i] == 1).ToArray())];
    }

    /// <summary>The logits that the model gives for the rows of <c>probe</c>, against [rows, width, V] at the real tokens.</summary>
    public static GoldenResult CompareLogits(ICausalLm model, SafetensorsFile probe, float[] expected_RWV, double tolerance, string what)
    {
        int width = (int)probe.Require("probe.input_ids").Shape[1];
        int[] mask = probe.Ids("probe.attention_mask");
        int v = model.Shape.VocabularySize;
        float[] real = [.. expected_RWV.Chunk(v).Where((_, token) => mask[token] == 1).SelectMany(row => row)];
        using var scope = TorchSharp.torch.NewDisposeScope();
        using Workspace workspace = model.CreateWorkspace();
        using TokenBatch batch = TokenBatch.FromRows(Unpadded(probe, "probe", "input_ids"));
        using var tape = new Tape(workspace, recording: false);
        float[] found = model.Head.Forward(tape, model.Hidden(tape, batch)).Data.data<float>().ToArray();
        return GoldenTensors.Close(found, real, tolerance, what);
    }

    public static GoldenResult Absolute(double found, double expected, double tolerance, string what)
    {
        double deviation = Math.Abs(found - expected);
        return new GoldenResult(deviation <= tolerance, deviation, tolerance, deviation <= tolerance ? null : $"{what}: {found} instead of {expected}");
    }

    public static GoldenResult Relative(double found, double expected, double tolerance, string what)
    {
        double deviation = Math.Abs(found - expected) / Math.Max(Math.Abs(expected), 1e-12);
        return new GoldenResult(deviation <= tolerance, deviation, tolerance, deviation <= tolerance ? null : $"{what}: {found} instead of {expected}");
    }
}
