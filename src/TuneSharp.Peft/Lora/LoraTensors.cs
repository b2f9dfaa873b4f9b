using TuneSharp.Formats;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Peft.Lora;

/// <summary>The tensors of adapter_model.safetensors, both directions. All must be there, and nothing else.</summary>
internal sealed class LoraTensors(IReadOnlyList<LoraAdapter> adapters, IReadOnlyList<TrainedBias> biases)
{
    public IReadOnlyList<TensorToWrite> ToWrite(bool attached) =>
    [
        .. adapters.SelectMany(adapter => (TensorToWrite[])
        [
            StoredTensor.ToWrite(adapter.A.Name, adapter.A.Value),
            StoredTensor.ToWrite(adapter.B.Name, adapter.B.Value, transposed: true),
        ]),
        .. biases.Select(bias => StoredTensor.ToWrite(bias.StoredName, bias.Values(attached))),
    ];

    public void Read(SafetensorsFile file, string? baseModel, bool attached)
    {
        HashSet<string> left = [.. file.Tensors.Keys];
        foreach (LoraAdapter adapter in adapters)
        {
            StoredTensor.Read(file, Take(adapter.A.Name), adapter.A.Value);
            StoredTensor.Read(file, Take(adapter.B.Name), adapter.B.Value, transposed: true);
        }

        foreach (TrainedBias bias in biases)
        {
            // Older releases of PEFT wrote an adapted module's bias without the layer in between.
            string older = bias.StoredName.Replace(".base_layer.bias", ".bias");
            StoredTensor.Read(file, Take(left.Contains(bias.StoredName) ? bias.StoredName : older), bias.Values(attached));
        }

        if (left.Count == 0) return;
        string some = string.Join(", ", left.Order(StringComparer.Ordinal).Take(3));
        throw new InvalidInputException($"{left.Count} tensors of the adapter have no place in this model: {some}{(left.Count > 3 ? ", …" : "")}.", file.Path, MadeFor(baseModel));

        TensorEntry Take(string name) => left.Remove(name)
            ? file.Tensors[name]
            : throw new InvalidInputException($"The adapter has no tensor `{name}`, which its config and this model ask for.", file.Path, MadeFor(baseModel));
    }

    private static string MadeFor(string? baseModel) => $"It was made for {baseModel ?? "another model"}; give that one as the base.";
}
