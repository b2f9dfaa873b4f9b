using TuneSharp.Data;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Training.Objectives;

namespace TuneSharp.Golden.Topics.Training.Peft;

/// <summary>A case's base, and how its rows, its loss and its logits are recorded: those of a language model, or those of a classifier.</summary>
internal abstract class CaseModel : IDisposable
{
    public const double LogitTolerance = 1e-4;

    public abstract IModel Model { get; }

    public abstract IObjective Objective { get; }

    /// <summary>The rows of a recorded batch.</summary>
    public abstract TrainingExample[] Examples(SafetensorsFile batches, string prefix);

    /// <param name="folder">In Hugging Face layout; its config.json says what it is.</param>
    public static CaseModel Open(string folder) => ModelCatalog.ReadConfig(folder).Architectures.Any(name => name.EndsWith("ForSequenceClassification", StringComparison.Ordinal))
        ? new ClassifierCase(ModelCatalog.LoadClassifier(folder))
        : new LanguageCase(ModelCatalog.Load(folder));

    /// <summary>The logits that the model gives for the rows of <c>probe</c>, against the recorded ones.</summary>
    public GoldenResult CompareLogits(SafetensorsFile batches, float[] recorded, string what)
    {
        int width = (int)batches.Require("probe.input_ids").Shape[1];
        using var scope = TorchSharp.torch.NewDisposeScope();
        using Workspace workspace = Model.CreateWorkspace();
        using TokenBatch batch = Objective.BatchOf(Examples(batches, "probe"), 0);
        using var tape = new Tape(workspace, recording: false);
        float[] found = Logits(tape, batch).Data.data<float>().ToArray();
        return GoldenTensors.Close(found, Real(recorded, batches.Ids("probe.attention_mask"), width, batch.NumVirtualTokens), LogitTolerance, what);
    }

    public void Dispose() => Model.Dispose();

    protected abstract Var Logits(Tape t, TokenBatch batch);

    /// <summary>What of the recorded logits belongs to real tokens; virtual tokens, which come before each row, are real.</summary>
    protected abstract float[] Real(float[] recorded, int[] mask, int width, int numVirtualTokens);
}

internal sealed class LanguageCase(ICausalLm model) : CaseModel
{
    public override IModel Model => model;

    public override IObjective Objective { get; } = new CausalLmObjective(model);

    public override TrainingExample[] Examples(SafetensorsFile batches, string prefix)
    {
        int[][] ids = RecordedRows.Unpadded(batches, prefix, "input_ids");
        int[][] labels = batches.Tensors.ContainsKey(prefix + ".labels") ? RecordedRows.Unpadded(batches, prefix, "labels") : ids;
        return [.. ids.Select((row, i) => new TrainingExample(row, labels[i]))];
    }

    protected override Var Logits(Tape t, TokenBatch batch) => model.Head.Forward(t, model.Hidden(t, batch));

    protected override float[] Real(float[] recorded, int[] mask, int width, int numVirtualTokens)
    {
        int all = width + numVirtualTokens;
        bool IsReal(int token) => token % all < numVirtualTokens || mask[token / all * width + token % all - numVirtualTokens] == 1;
        return [.. recorded.Chunk(model.Shape.VocabularySize).Where((_, token) => IsReal(token)).SelectMany(logits => logits)];
    }
}

internal sealed class ClassifierCase(ISequenceClassifier model) : CaseModel
{
    public override IModel Model => model;

    public override IObjective Objective { get; } = new SequenceClassificationObjective(model);

    public override TrainingExample[] Examples(SafetensorsFile batches, string prefix)
    {
        int[][] ids = RecordedRows.Unpadded(batches, prefix, "input_ids");
        int[][]? types = batches.Tensors.ContainsKey(prefix + ".token_type_ids") ? RecordedRows.Unpadded(batches, prefix, "token_type_ids") : null;
        float[][] targets = batches.Tensors.ContainsKey(prefix + ".labels") ? TargetsOf(batches, prefix + ".labels", ids.Length) : [.. ids.Select(_ => new float[model.NumLabels])];
        return [.. ids.Select((row, i) => new TrainingExample(row, row) { Targets = targets[i], TokenTypes = types?[i] })];
    }

    protected override Var Logits(Tape t, TokenBatch batch) => model.Logits(t, batch);

    protected override float[] Real(float[] recorded, int[] mask, int width, int numVirtualTokens) => recorded;

    /// <summary>Class numbers [R], or values [R] or [R, N].</summary>
    private static float[][] TargetsOf(SafetensorsFile batches, string name, int rows)
    {
        float[] all = batches.Require(name).DType == TensorDType.F32 ? batches.Floats(name) : Array.ConvertAll(batches.Ids(name), id => (float)id);
        return [.. all.Chunk(all.Length / rows)];
    }
}
