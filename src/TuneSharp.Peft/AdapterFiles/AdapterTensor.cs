using TuneSharp.Formats;
using TuneSharp.Formats.Safetensors;
using static TorchSharp.torch;

namespace TuneSharp.Peft.AdapterFiles;

/// <summary>A tensor of an adapter's file.</summary>
/// <param name="Name">In the file.</param>
/// <param name="Values">Asked at each reading and writing: where the values are.</param>
/// <param name="Transposed">The file holds the transpose.</param>
internal sealed record AdapterTensor(string Name, Func<Tensor> Values, bool Transposed = false)
{
    /// <summary>The name in files of older releases of PEFT; null: the same.</summary>
    public string? OlderName { get; init; }

    /// <summary>A weight of the base, which PEFT writes beside an adapted embedding: it may be missing, but not be another one.</summary>
    public bool OfBase { get; init; }
}

/// <summary>All tensors of an adapter, both directions. When they are read all must be there, and nothing else.</summary>
internal static class AdapterTensors
{
    public static IReadOnlyList<TensorToWrite> ToWrite(IEnumerable<AdapterTensor> tensors) =>
        [.. tensors.Select(tensor => StoredTensor.ToWrite(tensor.Name, tensor.Values(), tensor.Transposed))];

    /// <param name="file">The adapter's weights.</param>
    /// <param name="tensors">What the config and the model ask for.</param>
    /// <param name="baseModel">What the adapter was made for, if it says so.</param>
    /// <exception cref="InvalidInputException">A tensor is missing, left over or of another shape.</exception>
    public static void Read(SafetensorsFile file, IEnumerable<AdapterTensor> tensors, string? baseModel)
    {
        HashSet<string> left = [.. file.Tensors.Keys];
        foreach (AdapterTensor tensor in tensors)
        {
            string name = tensor.OlderName is { } older && !left.Contains(tensor.Name) ? older : tensor.Name;
            if (tensor.OfBase)
            {
                if (left.Remove(name)) CompareWithBase(file, file.Tensors[name], tensor.Values(), baseModel);
                continue;
            }
            if (!left.Remove(name)) throw new InvalidInputException($"The adapter has no tensor `{tensor.Name}`, which its config and this model ask for.", file.Path, MadeFor(baseModel));
            StoredTensor.Read(file, file.Tensors[name], tensor.Values(), tensor.Transposed);
        }

        if (left.Count == 0) return;
        string some = string.Join(", ", left.Order(StringComparer.Ordinal).Take(3));
        throw new InvalidInputException($"{left.Count} tensors of the adapter have no place in this model: {some}{(left.Count > 3 ? ", …" : "")}.", file.Path, MadeFor(baseModel));
    }

    private static void CompareWithBase(SafetensorsFile file, TensorEntry entry, Tensor ofBase, string? baseModel)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Tensor stored = empty_like(ofBase);
        StoredTensor.Read(file, entry, stored);
        if (!stored.eq(ofBase).all().item<bool>()) throw new InvalidInputException($"`{entry.Name}` of the adapter is another matrix than the one of this base.", file.Path, MadeFor(baseModel));
    }

    private static string MadeFor(string? baseModel) => $"It was made for {baseModel ?? "another model"}; give that one as the base.";
}
