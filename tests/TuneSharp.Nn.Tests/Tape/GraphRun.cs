using TorchSharp;
using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.TapeTests;

/// <summary>One random graph, run on a tape and by autograd with the same numbers; some leaves and parameters are frozen.</summary>
internal sealed class GraphRun : IDisposable
{
    private readonly int _seed;
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TokenBatch _batch = TokenBatch.FromRows([[1, 2, 3], [4], [5, 6, 7, 8, 9]]);
    private readonly RotaryEmbedding _rotary = new(RandomGraph.HeadDim, 10, new RotaryScaling.None(), 16);
    private readonly Workspace _workspace = new(ScalarType.Float64);
    private readonly RandomGraph _graph;
    private readonly Tensor[] _inputs, _values, _leaves;
    private readonly bool[] _trained;
    private readonly Parameter[] _parameters;
    private readonly Tensor?[] _gradients;
    private readonly Tensor _weights;

    public GraphRun(int seed)
    {
        _seed = seed;
        (_graph, List<long[]> shapes) = RandomGraph.Draw(seed);
        var random = new Random(seed + 1_000_000);
        _inputs = [Normal(0, 1, _batch.NumTokens, RandomGraph.Width), Normal(1, 1, _batch.NumTokens, RandomGraph.Width)];
        _values = [.. shapes.Select((shape, i) => Normal(2 + i, shape.Length == 1 ? 1 : 0.5, shape))];
        _trained = [.. Enumerable.Range(0, _inputs.Length + _values.Length).Select(_ => random.Next(3) > 0)];
        _leaves = [.. _inputs.Concat(_values).Select((x, i) => x.clone().requires_grad_(_trained[i]))];
        _weights = Normal(999, 1, _batch.NumTokens, RandomGraph.Width);
        Tensor y = _graph.Reference(_leaves[..2], _leaves[2..], _batch, _rotary);
        if (y.requires_grad) (y * _weights).sum().backward();
        _parameters = [.. _values.Select((value, i) => new Parameter($"p{i}", value.clone()) { Trained = _trained[2 + i] })];
        _gradients = new Tensor?[_leaves.Length];

        using var t = new Tape(_workspace);
        Var[] x = [.. _inputs.Select((input, i) => t.Leaf(input, _trained[i]))];
        Var result = _graph.Run(t, x, _parameters, _batch, _rotary);
        double[] output = Tensors.Numbers(result.Data);
        if (result.NeedsGrad)
        {
            Buffer dY = _workspace.Rent(_weights.shape);
            dY.Tensor.copy_(_weights);
            t.Backward(result, dY);
        }
        for (int i = 0; i < _leaves.Length; i++)
        {
            if (i >= 2)
            {
                _gradients[i] = _parameters[i - 2].Grad;
                continue;
            }
            using Buffer? grad = Tape.GradientOf(x[i]);
            _gradients[i] = grad?.Tensor.clone();
        }
        t.Dispose();
        Forgotten = t.NumForgotten;
        Exploded = output.Any(v => !double.IsFinite(v) || Math.Abs(v) > 1e4);
        InferenceIsEqual = Exploded || Infer(_values).SequenceEqual(output);
    }

    /// <summary>Products of products grow beyond what float64 can compare; such graphs say nothing.</summary>
    public bool Exploded { get; }

    public int Forgotten { get; }

    public bool InferenceIsEqual { get; }

    public IEnumerable<(string What, Tensor? Actual, Tensor? Expected)> Gradients()
    {
        for (int i = 0; i < _leaves.Length; i++)
            yield return ($"graph {_seed}, leaf {i}", _gradients[i], _trained[i] ? _leaves[i].grad : null);
    }

    /// <summary>Relative error of the directional derivative along all trained parameters at once.</summary>
    public double DifferenceError()
    {
        const double Step = 1e-6;
        Tensor[] directions = [.. _values.Select((value, i) => Normal(500 + i, 1, value.shape) * (_trained[2 + i] ? 1 : 0))];
        double analytic = directions.Select((d, i) => _gradients[2 + i] is { } grad ? (grad * d).sum().item<double>() : 0).Sum();
        double numeric = (Loss(Step) - Loss(-Step)) / (2 * Step);
        return Math.Abs(analytic - numeric) / Math.Max(1, Math.Abs(analytic));

        double Loss(double step) => Infer([.. _values.Select((value, i) => value + directions[i] * step)]).Zip(Tensors.Numbers(_weights), (a, b) => a * b).Sum();
    }

    public void Dispose()
    {
        foreach (Parameter parameter in _parameters) parameter.Dispose();
        _batch.Dispose();
        _workspace.Dispose();
        _scope.Dispose();
    }

    private double[] Infer(Tensor[] values)
    {
        Parameter[] parameters = [.. values.Select((value, i) => new Parameter($"p{i}", value.clone()))];
        using var t = new Tape(_workspace, recording: false);
        double[] output = Tensors.Numbers(_graph.Run(t, [.. _inputs.Select(x => t.Leaf(x))], parameters, _batch, _rotary).Data);
        foreach (Parameter parameter in parameters) parameter.Dispose();
        return output;
    }

    private Tensor Normal(int part, double deviation, params long[] shape) => Tensors.Normal(_seed * 1000 + part, ScalarType.Float64, shape) * deviation;
}
