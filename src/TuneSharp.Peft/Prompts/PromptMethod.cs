using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Replaced;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Prompts;

/// <summary>
/// A trained prompt or prefix on a model, whichever way its rows are made. PEFT stores the rows alone; a network that makes
/// them is stored in a file of its own beside, so that training can go on.
/// </summary>
internal sealed class PromptMethod : ITuningMethod
{
    /// <summary>The file of the network. Its tensors have PEFT's names without the adapter's.</summary>
    public const string EncoderFile = "prompt_encoder.safetensors";

    private const string RowsName = "prompt_embeddings";

    private readonly PromptSlot _slot;
    private readonly PromptEncoder _encoder;
    private readonly PromptFile _file;
    private readonly IReadOnlyList<ReplacedParameter> _heads;

    /// <param name="name">The key in `method`.</param>
    /// <param name="model">Gets it.</param>
    /// <param name="slot">Where on the model.</param>
    /// <param name="encoder">Makes the rows; belongs to the method from here on.</param>
    /// <param name="file">How it is stored.</param>
    public PromptMethod(string name, TunableModel model, PromptSlot slot, PromptEncoder encoder, PromptFile file)
    {
        Name = name;
        _slot = slot;
        _encoder = encoder;
        _file = file;
        _heads = ModulesToSave.Of(model, file.Common.ModulesToSave, "base_model.");
        // The rows of a PEFT adapter whose network is lost are what they are.
        Trained = file.IsResultOnly ? [] : [.. encoder.Parameters, .. _heads.Select(head => head.Parameter)];
    }

    public string Name { get; }

    public IReadOnlyList<Parameter> Trained { get; }

    public bool Attached { get; private set; }

    public string StoredNameOf(Parameter parameter) => _heads.FirstOrDefault(head => head.Parameter == parameter)?.StoredName ?? (_encoder is PromptTable ? RowsName : parameter.Name);

    public void Attach()
    {
        if (Attached) return;
        _slot.Fill(_encoder);
        foreach (ReplacedParameter head in _heads) head.Swap();
        Attached = true;
    }

    public void Detach()
    {
        if (!Attached) return;
        _slot.Empty();
        foreach (ReplacedParameter head in _heads) head.Swap();
        Attached = false;
    }

    public AdapterContents ToAdapter()
    {
        TensorToWrite rows = StoredTensor.ToWrite(RowsName, StoredShape, ScalarType.Float32, StoredRows);
        return new AdapterContents(_file.Config, [rows, .. AdapterTensors.ToWrite(Heads())])
        {
            Beside = _encoder is PromptTable ? [] : [(EncoderFile, AdapterTensors.ToWrite(EncoderTensors()))],
        };
    }

    AdapterContents? ITuningMethod.ToAdapter() => ToAdapter();

    public void Read(AdapterFolder folder)
    {
        using var scope = NewDisposeScope();
        Tensor rows = _encoder is PromptTable table ? table.Table.Value.view(StoredShape) : empty(StoredShape);
        AdapterTensors.Read(folder.Weights, [new AdapterTensor(RowsName, () => rows), .. Heads()], _file.Common.BaseModel);
        if (_encoder is PromptTable) return;
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder.Path, EncoderFile));
        AdapterTensors.Read(file, EncoderTensors(), _file.Common.BaseModel);
        double difference = (StoredRows() - rows).abs().max().item<float>();
        if (difference > 1e-4 * Math.Max(1, rows.abs().max().item<float>()))
            throw new InvalidInputException($"The encoder in {EncoderFile} gives other rows than the adapter holds, by up to {difference:0.###}.", folder.Path, "Take both files from one training, or remove the encoder's.");
    }

    public void Dispose()
    {
        Detach();
        _encoder.Dispose();
        foreach (ReplacedParameter head in _heads) head.Dispose();
    }

    /// <summary>[n, everything that belongs to a token].</summary>
    private long[] StoredShape => [_slot.NumTokens, _encoder.Shape[0] * _encoder.Shape[1] / _slot.NumTokens];

    private Tensor StoredRows() => _encoder.Result().to(ScalarType.Float32).view(StoredShape);

    private IEnumerable<AdapterTensor> EncoderTensors() => _encoder.Parameters.Select(parameter => new AdapterTensor(parameter.Name, () => parameter.Value));

    private IEnumerable<AdapterTensor> Heads() => _heads.Select(head => new AdapterTensor(head.StoredName, () => head.Values(Attached)));
}

/// <summary>How a prompt is stored.</summary>
/// <param name="Common">Base, task, saved modules.</param>
/// <param name="Config">The whole adapter_config.json.</param>
internal sealed record PromptFile(CommonKeys Common, JsonObject Config)
{
    /// <summary>It was read from a file that holds only what a network made.</summary>
    public bool IsResultOnly { get; init; }

    /// <summary>True if the folder of an adapter holds no encoder, as those of PEFT.</summary>
    public static bool LacksEncoder(AdapterFolder folder) => !File.Exists(Path.Combine(folder.Path, PromptMethod.EncoderFile));
}
