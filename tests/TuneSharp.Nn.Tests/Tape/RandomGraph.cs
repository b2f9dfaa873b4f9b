using TorchSharp;
using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.TapeTests;

/// <summary>
/// A random program over values [T, D] of one batch: every function, nested in Block and Recompute. It can be run on a tape
/// and, as plain torch operations, by autograd.
/// </summary>
internal sealed class RandomGraph
{
    public const int Width = 8, HeadDim = 4;

    private static readonly AttentionHeads Heads = new(2, 2, HeadDim);

    /// <summary>An instruction: reads values by number, appends its result. A nested program has its own values; the first is its input.</summary>
    private sealed record Step(Kind Kind, int[] Inputs, int[] Parameters, RandomGraph? Body = null);

    private enum Kind { Linear, Adapted, Frozen, Norm, Gated, Add, Rope, Attention, Torch, Rebuilt, Block, Recompute }

    private readonly List<Step> _steps = [];
    private readonly int _result;

    private RandomGraph(Random random, List<long[]> parameters, int numInputs, int depth)
    {
        List<int> usable = [.. Enumerable.Range(0, numInputs)];
        int next = numInputs, count = random.Next(1, depth == 0 ? 7 : 4);
        for (int i = 0; i < count; i++)
        {
            var kind = (Kind)random.Next(depth < 2 ? 12 : 10);
            int Pick() => usable[random.Next(usable.Count)];
            int x = Pick(), y = Pick(), z = Pick();
            int Parameter(params long[] shape)
            {
                parameters.Add(shape);
                return parameters.Count - 1;
            }
            Step step = kind switch
            {
                Kind.Linear => new(kind, [x], [Parameter(Width, Width), Parameter(Width)]),
                Kind.Adapted or Kind.Frozen => new(kind, [x], [Parameter(Width, Width), Parameter(2, Width), Parameter(Width, 2)]),
                Kind.Norm => new(kind, [x], [Parameter(Width)]),
                Kind.Gated or Kind.Add => new(kind, [x, y], []),
                Kind.Rope => new(kind, [x], []),
                Kind.Attention => new(kind, [x, y, z], []),
                Kind.Torch => new(kind, [x, y], [Parameter(Width, Width)]),
                Kind.Rebuilt => new(kind, [x], [Parameter(Width, Width), Parameter(Width, Width)]),
                _ => new(kind, [x], [], new RandomGraph(random, parameters, 1, depth + 1)),
            };
            _steps.Add(step);

            // What a function took over cannot be read again.
            if (kind is Kind.Add) usable.Remove(y);
            if (kind is Kind.Rope or Kind.Block or Kind.Recompute) usable.Remove(x);
            usable.Add(next++);
        }
        _result = next - 1;
    }

    /// <summary>Draws a program with two inputs and the shapes of its parameters.</summary>
    public static (RandomGraph Graph, List<long[]> Parameters) Draw(int seed)
    {
        List<long[]> parameters = [];
        return (new RandomGraph(new Random(seed), parameters, 2, 0), parameters);
    }

    public Var Run(Tape t, IReadOnlyList<Var> inputs, Parameter[] parameters, TokenBatch batch, RotaryEmbedding rotary)
    {
        List<Var> v = [.. inputs];
        foreach (Step step in _steps)
        {
            Var x = v[step.Inputs[0]];
            Parameter P(int i) => parameters[step.Parameters[i]];
            v.Add(step.Kind switch
            {
                Kind.Linear => new Linear("linear", P(0), P(1)).Forward(t, x),
                Kind.Adapted or Kind.Frozen => new Linear("linear", P(0)) { Adapters = { new TestLora(P(1), P(2), 0.5) } }.Forward(t, x),
                Kind.Norm => t.RmsNorm(x, P(0), 1e-2),
                Kind.Gated => t.SwiGlu(x, v[step.Inputs[1]]),
                Kind.Add => t.Add(x, v[step.Inputs[1]]),
                Kind.Rope => t.Rope(x, rotary.Angles(batch, null, t.Workspace.ComputeType), HeadDim),
                Kind.Attention => t.Attention(x, v[step.Inputs[1]], v[step.Inputs[2]], batch, Heads),
                Kind.Torch => t.Torch([x, v[step.Inputs[1]]], [P(0)], Any),
                Kind.Rebuilt => t.SwiGlu(new Linear("gate", P(0)) { Rebuildable = true }.Forward(t, x), new Linear("up", P(1)) { Rebuildable = true }.Forward(t, x)),
                Kind.Block => t.Block(x, (t, y) => step.Body!.Run(t, [y], parameters, batch, rotary)),
                _ => t.Recompute(x, (t, y) => step.Body!.Run(t, [y], parameters, batch, rotary)),
            });
        }
        return v[_result];
    }

    public Tensor Reference(IReadOnlyList<Tensor> inputs, Tensor[] parameters, TokenBatch batch, RotaryEmbedding rotary)
    {
        List<Tensor> v = [.. inputs];
        foreach (Step step in _steps)
        {
            Tensor x = v[step.Inputs[0]];
            Tensor P(int i) => parameters[step.Parameters[i]];
            v.Add(step.Kind switch
            {
                Kind.Linear => x.mm(P(0).t()) + P(1),
                Kind.Adapted or Kind.Frozen => x.mm(P(0).t()) + TestLora.Reference(x, P(1), P(2), 0.5),
                Kind.Norm => RmsNormFunction.Reference(x, P(0), 1e-2),
                Kind.Gated => GatedActivationFunction.Reference(x, v[step.Inputs[1]], Activation.Silu),
                Kind.Add => AddFunction.Reference(x, v[step.Inputs[1]]),
                Kind.Rope => RopeFunction.Reference(x, rotary.Angles(batch, null, x.dtype), HeadDim),
                Kind.Attention => torch.cat([.. batch.Rows.Select(row => AttentionFunction.Reference(
                    Of(x, row), Of(v[step.Inputs[1]], row), Of(v[step.Inputs[2]], row), Heads))], 0),
                Kind.Torch => Any([x, v[step.Inputs[1]]], [P(0)]),
                Kind.Rebuilt => GatedActivationFunction.Reference(x.mm(P(0).t()), x.mm(P(1).t()), Activation.Silu),
                _ => step.Body!.Reference([x], parameters, batch, rotary),
            });
        }
        return v[_result];
    }

    private static Tensor Any(Tensor[] x, Tensor[] p) => (x[0].mm(p[0]) * 0.5).tanh() + x[1].sin();

    private static Tensor Of(Tensor x, TokenRow row) => x.narrow(0, row.Start, row.Length);
}
