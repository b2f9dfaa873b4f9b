using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn;

namespace TuneSharp.Training.Tests;

/// <summary>The tiny decoder with a linear on each row's last token, and rows whose class follows from a token in them.</summary>
internal sealed class TinyClassifier : ISequenceClassifier
{
    private readonly ICausalLm _body;
    private readonly Linear _score;

    public TinyClassifier(ProblemType problem, int labels, long seed = 1)
    {
        _body = TinyModel.Create(seed);
        Problem = problem;
        LabelNames = [.. Enumerable.Range(0, labels).Select(i => $"class {i}")];
        using torch.Generator generator = new((ulong)seed, new torch.Device(DeviceType.CPU));
        _score = new Linear("score", new Parameter("score.weight", torch.randn([labels, Shape.HiddenSize], generator: generator) * 0.1));
        Parameters = [.. _body.Parameters.Where(parameter => parameter.Name != "lm_head.weight"), _score.Weight];
        Tunable = _body.Tunable with { Parameters = Parameters, Head = null, TaskHeads = [_score], TaskType = "SEQ_CLS" };
    }

    public ProblemType Problem { get; }

    public IReadOnlyList<string> LabelNames { get; }

    public string ModelType => _body.ModelType;

    public HfConfig Config => _body.Config;

    public ModelShape Shape => _body.Shape;

    public torch.ScalarType ComputeType => _body.ComputeType;

    public IReadOnlyList<string> Warnings => [];

    public IReadOnlyList<Parameter> Parameters { get; }

    public IReadOnlyList<Linear> Linears => _body.Linears;

    public TunableModel Tunable { get; }

    public bool RecomputeBlocks
    {
        get => _body.RecomputeBlocks;
        set => _body.RecomputeBlocks = value;
    }

    public Var Hidden(Tape t, TokenBatch batch, KvCache? cache = null, Action<int, torch.Tensor>? observe = null) => _body.Hidden(t, batch, cache, observe);

    public Var Logits(Tape t, TokenBatch batch) => _score.Forward(t, t.Rows(Hidden(t, batch), [.. batch.Rows.Select(row => row.Start + row.Length - 1)]));

    public void Dispose()
    {
        _body.Dispose();
        _score.Weight.Dispose();
    }

    /// <summary>Rows "1, 2 …, 3 + a": class a mod the number of classes; several: a 1 for each of them whose bit a has; values: a / 4.</summary>
    public static TrainingExample[] Rows(int count, ProblemType problem, int labels, int seed = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int a = random.Next(8);
            int[] ids = [1, .. Enumerable.Repeat(2, random.Next(3)), 3 + a], ignored = new int[ids.Length];
            Array.Fill(ignored, TrainingExample.Ignored);
            float[] targets = problem switch
            {
                ProblemType.SingleLabelClassification => [a % labels],
                ProblemType.MultiLabelClassification => [.. Enumerable.Range(0, labels).Select(bit => (a >> bit) & 1)],
                _ => [a / 4f],
            };
            return new TrainingExample(ids, ignored) { Targets = targets };
        })];
    }
}
