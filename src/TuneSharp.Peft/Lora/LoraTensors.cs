using TuneSharp.Formats.Safetensors;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Replaced;

namespace TuneSharp.Peft.Lora;

/// <summary>The tensors of adapter_model.safetensors, both directions.</summary>
internal sealed class LoraTensors(IReadOnlyList<LoraAdapter> adapters, IReadOnlyList<ReplacedParameter> biases)
{
    public IReadOnlyList<TensorToWrite> ToWrite(bool attached) => AdapterTensors.ToWrite(All(attached));

    public void Read(SafetensorsFile file, string? baseModel, bool attached) => AdapterTensors.Read(file, All(attached), baseModel);

    private IEnumerable<AdapterTensor> All(bool attached) =>
    [
        .. adapters.SelectMany(adapter => (AdapterTensor[])
        [
            new AdapterTensor(adapter.A.Name, () => adapter.A.Value),
            new AdapterTensor(adapter.B.Name, () => adapter.B.Value, Transposed: true),
        ]),
        // Older releases of PEFT wrote an adapted module's bias without the layer in between.
        .. biases.Select(bias => new AdapterTensor(bias.StoredName, () => bias.Values(attached)) { OlderName = bias.StoredName.Replace(".base_layer.bias", ".bias") }),
    ];
}
