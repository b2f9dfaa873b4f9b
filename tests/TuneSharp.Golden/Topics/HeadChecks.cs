using System.Text.Json;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Models.Heads;
using TuneSharp.Nn;

namespace TuneSharp.Golden.Topics;

/// <summary>Classifiers and masked language models against what was recorded. Tolerances: fixtures/models/README.md.</summary>
internal static class HeadChecks
{
    private const double LossTolerance = 1e-5, GradientTolerance = 1e-4, GradientFloor = 1e-6;

    /// <summary>Logits, pooled rows, hidden states, loss, every gradient (plainly and with recomputed blocks).</summary>
    public static IEnumerable<GoldenResult> Classifier(ISequenceClassifier model, SafetensorsFile file, JsonElement golden)
    {
        RecordedInput input = RecordedInput.Read(file);
        if (golden.GetProperty("problem_type").GetString() is { } problem) yield return GoldenResult.Equal(model.Problem.Name() == problem, "problem_type");
        using (TokenBatch batch = input.ToBatch())
        using (Workspace workspace = model.CreateWorkspace())
        using (var t = new Tape(workspace, recording: false))
        {
            Var logits = model.Logits(t, batch);
            yield return GoldenTensors.Close(ModelChecks.Numbers(logits.Data), file.Floats("logits"), ModelChecks.LogitTolerance, "logits");
            if (file.Tensors.ContainsKey("pooler_output"))
            {
                float[] pooled = model is SequenceClassifier withPooler && withPooler.Pooled(t, batch) is { } value ? ModelChecks.Numbers(value.Data) : [];
                yield return GoldenTensors.Close(pooled, file.Floats("pooler_output"), ModelChecks.LogitTolerance, "pooler_output");
            }
            yield return CloseLoss(Loss(t, model, logits, file), file);
            foreach (GoldenResult part in Hidden(model, t, batch, input, file, golden)) yield return part;
        }
        foreach (GoldenResult part in Gradients(model, file, golden, (t, batch) => Loss(t, model, model.Logits(t, batch), file))) yield return part;
    }

    /// <summary>As <see cref="Classifier"/> for words: logits at every real token, the loss at the labelled ones.</summary>
    public static IEnumerable<GoldenResult> MaskedLm(IMaskedLm model, SafetensorsFile file, JsonElement golden)
    {
        RecordedInput input = RecordedInput.Read(file);
        int[] labels = [.. input.Real(file.Ids("labels"), 1)];
        int[] labelled = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] != TokenBatch.Ignored)];
        using (TokenBatch batch = input.ToBatch())
        using (Workspace workspace = model.CreateWorkspace())
        using (var t = new Tape(workspace, recording: false))
        {
            float[] logits = ModelChecks.Numbers(model.Logits(t, batch, [.. Enumerable.Range(0, batch.NumTokens)]).Data);
            yield return GoldenTensors.Close(logits, [.. input.Real(file.Floats("logits"), model.Shape.VocabularySize)], ModelChecks.LogitTolerance, "logits");
            yield return CloseLoss(Loss(t, batch), file);
            foreach (GoldenResult part in Hidden(model, t, batch, input, file, golden)) yield return part;
        }
        foreach (GoldenResult part in Gradients(model, file, golden, Loss)) yield return part;

        Var Loss(Tape t, TokenBatch batch) => t.ClassLoss(model.Logits(t, batch, labelled), [.. labelled.Select(i => labels[i])], labelled.Length);
    }

    private static Var Loss(Tape t, ISequenceClassifier model, Var logits, SafetensorsFile file)
    {
        int rows = (int)logits.NumTokens;
        if (model.Problem == ProblemType.SingleLabelClassification) return t.ClassLoss(logits, file.Ids("labels"), rows);
        float[][] targets = [.. file.Floats("labels").Chunk(model.NumLabels)];
        return model.Problem == ProblemType.Regression ? t.SquaredLoss(logits, targets, rows) : t.BinaryLoss(logits, targets, rows);
    }

    private static GoldenResult CloseLoss(Var loss, SafetensorsFile file)
    {
        float wanted = file.Floats("loss")[0];
        return GoldenTensors.Close(ModelChecks.Numbers(loss.Data), [wanted], LossTolerance * Math.Max(1, Math.Abs(wanted)), "loss");
    }

    private static IEnumerable<GoldenResult> Hidden(IModel model, Tape t, TokenBatch batch, RecordedInput input, SafetensorsFile file, JsonElement golden)
    {
        int recorded = golden.TryGetProperty("hidden_states_row", out JsonElement which) ? which.GetInt32() : 0, width = model.Shape.HiddenSize;
        var states = new List<float[]>();
        Var last = model.Hidden(t, batch, null, (_, x) => states.Add(ModelChecks.Numbers(x)));
        states.Add(ModelChecks.Numbers(last.Data));
        TokenRow row = batch.Rows[recorded];
        for (int i = 0; file.Tensors.ContainsKey($"hidden_states.{i}"); i++)
        {
            float[] expected = [.. input.RealOfRow(file.Floats($"hidden_states.{i}"), width, recorded)];
            yield return GoldenTensors.Close(states[i].AsSpan(row.Start * width, row.Length * width), expected, ModelChecks.LogitTolerance, $"hidden_states.{i}");
        }
    }

    private static IEnumerable<GoldenResult> Gradients(IModel model, SafetensorsFile file, JsonElement golden, Func<Tape, TokenBatch, Var> loss)
    {
        string[] names = [.. file.Tensors.Keys.Where(name => name.StartsWith("grad.", StringComparison.Ordinal))];
        RecordedInput input = RecordedInput.Read(file);
        foreach (bool recompute in (bool[])[false, true])
        {
            model.RecomputeBlocks = recompute;
            using TokenBatch batch = input.ToBatch();
            using Workspace workspace = model.CreateWorkspace();
            foreach (Parameter parameter in model.Parameters)
            {
                parameter.Trained = true;
                parameter.ClearGrad();
            }
            using (var t = new Tape(workspace)) t.Backward(loss(t, batch));
            Dictionary<string, Parameter> parameters = model.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
            foreach (string name in names)
            {
                float[] expected = file.Floats(name);
                double tolerance = GradientTolerance * expected.Max(Math.Abs) + GradientFloor;
                yield return parameters.TryGetValue(name["grad.".Length..], out Parameter? parameter) && parameter.Grad is { } grad
                    ? GoldenTensors.Close(ModelChecks.Numbers(grad), expected, tolerance, name)
                    : new GoldenResult(false, double.PositiveInfinity, tolerance, name + " has no gradient");
            }
        }
        if (golden.TryGetProperty("gradients", out JsonElement which) && which.GetString() == "all")
            yield return GoldenResult.Equal(names.Length == model.Parameters.Count, "parameters without a recorded gradient, or the reverse");
    }
}

/// <summary>A recorded padded batch [B, Width] without labels.</summary>
internal sealed record RecordedInput(int Width, int[] Ids, int[] Mask, int[]? TokenTypes)
{
    public static RecordedInput Read(SafetensorsFile file) => new(
        (int)file.Require("input_ids").Shape[1], file.Ids("input_ids"), file.Ids("attention_mask"), file.Tensors.ContainsKey("token_type_ids") ? file.Ids("token_type_ids") : null);

    public TokenBatch ToBatch() => TokenBatch.FromRows(Rows(Ids), tokenTypes: TokenTypes is null ? null : Rows(TokenTypes));

    /// <summary>Of [B, Width, size], the real tokens of all rows.</summary>
    public IEnumerable<T> Real<T>(T[] values, int size) => Enumerable.Range(0, Mask.Length).Where(i => Mask[i] != 0).SelectMany(i => values[(i * size)..((i + 1) * size)]);

    /// <summary>Of [1, Width, size], the real tokens of that row.</summary>
    public IEnumerable<T> RealOfRow<T>(T[] values, int size, int row) => Enumerable.Range(0, Width).Where(i => Mask[row * Width + i] != 0).SelectMany(i => values[(i * size)..((i + 1) * size)]);

    private int[][] Rows(int[] values) =>
        [.. values.Chunk(Width).Zip(Mask.Chunk(Width), (row, mask) => row.Where((_, i) => mask[i] != 0).ToArray())];
}
