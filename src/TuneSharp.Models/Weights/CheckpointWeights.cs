using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Models.Weights;

/// <summary>
/// Weights from disk; another storage type is converted tensor by tensor. Every tensor of the checkpoint must be asked for,
/// and have the shape that the config asks for.
/// </summary>
internal sealed class CheckpointWeights(IStoredTensors checkpoint, ScalarType? storage, WeightPacking packing) : IWeightSource
{
    private readonly HashSet<string> _taken = [];
    private readonly List<string> _warnings = [];

    public IReadOnlyList<string> Warnings => _warnings;

    public Parameter Matrix(string name, long rows, long columns) => Take(name, rows, columns);

    public Parameter LinearWeight(string name, long rows, long columns)
    {
        Check(name, [rows, columns]);
        return packing.Pack(checkpoint, name) is { } packed ? new Parameter(name, packed) : Take(name, rows, columns);
    }

    public Parameter Norm(string name, long size) => Take(name, size);

    public Parameter Bias(string name, long size) => Take(name, size);

    public (Parameter Embedding, Parameter Head) Vocabulary(string embedding, string head, long vocabulary, long hidden, bool tied)
    {
        bool hasEmbedding = checkpoint.ShapeOf(embedding) is not null, hasHead = checkpoint.ShapeOf(head) is not null;
        if (!hasEmbedding && hasHead && tied)
        {
            Parameter only = Take(head, vocabulary, hidden, embedding);
            return (only, only);
        }
        Parameter e = Take(embedding, vocabulary, hidden);
        if (!hasHead && tied) return (e, e);
        Parameter h = Take(head, vocabulary, hidden);
        if (!tied) return (e, h);
        if (Equal(e, h))
        {
            h.Dispose();
            return (e, e);
        }
        _warnings.Add($"config.json says that {embedding} and {head} are tied, but the checkpoint holds two different ones: they are used as two.");
        return (e, h);
    }

    /// <summary>After the whole model was built: nothing may be left over.</summary>
    /// <exception cref="InvalidInputException">Names what no part of the model asked for.</exception>
    public void CheckNothingIsLeft(string modelType)
    {
        string[] left = [.. checkpoint.Names.Where(name => !_taken.Contains(name) && !IsDerived(name)).Order(StringComparer.Ordinal)];
        if (left.Length == 0) return;
        string names = string.Join(", ", left.Take(5)) + (left.Length > 5 ? $" and {left.Length - 5} more" : "");
        throw new InvalidInputException($"The checkpoint holds {left.Length} tensors that a {modelType} model with this config.json has no place for: {names}.",
            checkpoint.Path, "Check that config.json (number of layers, biases, model_type) belongs to these weights.");
    }

    private static bool Equal(Parameter a, Parameter b)
    {
        using DisposeScope scope = NewDisposeScope();
        return a.Value.dtype == b.Value.dtype && a.Value.eq(b.Value).all().item<bool>();
    }

    /// <summary>Frequencies that old checkpoints stored though they follow from the config.</summary>
    private static bool IsDerived(string name) => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);

    private Parameter Take(string name, params long[] shape) => Take(name, shape, name);

    private Parameter Take(string name, long rows, long columns, string alias) => Take(name, [rows, columns], alias);

    private Parameter Take(string name, long[] shape, string alias)
    {
        Check(name, shape);
        return new Parameter(alias, checkpoint.Read(name, storage));
    }

    private void Check(string name, long[] shape)
    {
        if (checkpoint.ShapeOf(name) is not { } stored)
        {
            throw new InvalidInputException($"The checkpoint lacks the tensor {name}, expected with shape [{string.Join(", ", shape)}].", checkpoint.Path,
                "Check that config.json belongs to these weights and that the download is complete.");
        }
        if (!stored.SequenceEqual(shape))
        {
            throw new InvalidInputException($"The tensor {name} has shape [{string.Join(", ", stored)}], but config.json asks for [{string.Join(", ", shape)}].", checkpoint.Path,
                "Check that config.json belongs to these weights.");
        }
        _taken.Add(name);
        TorchRuntime.EnsureLoaded();
    }
}
