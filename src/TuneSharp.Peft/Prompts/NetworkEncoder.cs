using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Randomness;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Prompts;

/// <summary>
/// A network over a table of embeddings. Only its result matters once training is over, so it is a graph of plain torch
/// operations: it runs once a step, over as many rows as there are virtual tokens.
/// </summary>
internal abstract class NetworkEncoder : PromptEncoder
{
    private const string Prefix = "prompt_encoder.";
    private readonly List<Parameter> _parameters = [];
    private (Tape Tape, Var Rows)? _last;

    public override IReadOnlyList<Parameter> Parameters => _parameters;

    public sealed override Var Rows(Tape t, IReadOnlyList<int> rows)
    {
        // Every layer of a model asks for its own rows of one result.
        if (_last?.Tape != t) _last = (t, t.Torch([], _parameters, (_, p) => Network([.. p.Select(weight => weight.to(t.Workspace.WideType))], t.Training ? t.Seed : null).to(t.Workspace.ComputeType)));
        return t.Rows(_last.Value.Rows, rows);
    }

    public sealed override Tensor Result()
    {
        using var off = no_grad();
        return Network([.. _parameters.Select(parameter => parameter.Value)], null);
    }

    /// <param name="p">The parameters, in the order in which they were added.</param>
    /// <param name="dropoutSeed">Null: no dropout.</param>
    /// <returns>[R, W].</returns>
    protected abstract Tensor Network(Tensor[] p, long? dropoutSeed);

    /// <summary>A weight of the network.</summary>
    /// <param name="name">Below the encoder.</param>
    /// <param name="shape">Its sizes.</param>
    protected void Add(string name, params long[] shape)
    {
        using var off = no_grad();
        _parameters.Add(new Parameter(Prefix + name, zeros(shape)));
    }

    /// <summary>A linear layer: [out, in] and [out].</summary>
    protected void AddLinear(string name, int input, int output)
    {
        Add(name + ".weight", output, input);
        Add(name + ".bias", output);
    }

    /// <summary>As PyTorch: normal embeddings, linear layers within ±1/√in.</summary>
    public override void Initialise(long seed)
    {
        foreach (Parameter parameter in _parameters)
        {
            if (parameter.Name.EndsWith("embedding.weight", StringComparison.Ordinal)) FirstValues.Normal(parameter, seed, 1);
            else FirstValues.Uniform(parameter, seed, 1 / Math.Sqrt(FanIn(parameter)));
        }
    }

    /// <summary>Inputs of the layer that a weight or bias belongs to.</summary>
    protected virtual long FanIn(Parameter parameter)
    {
        if (parameter.Shape.Count == 2) return parameter.Shape[1];
        string weight = parameter.Name[..^"bias".Length] + "weight";
        return _parameters.Find(other => other.Name == weight)!.Shape[1];
    }

    protected static Tensor Linear(Tensor x, Tensor weight, Tensor bias) => x.mm(weight.t()).add(bias, Number.One);
}
