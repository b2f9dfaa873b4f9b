namespace TuneSharp.Application.Models;

/// <summary>A model as far as its files tell without reading a weight.</summary>
/// <param name="Path">Folder or file.</param>
/// <param name="Layout">"GGUF version 3" or "Hugging Face".</param>
/// <param name="Name">As the file calls it; null if it does not.</param>
/// <param name="Family">model_type, or a GGUF file's architecture.</param>
/// <param name="WhyNot">Why it cannot be trained or asked here; null if it can.</param>
public sealed record ModelInspection(string Path, string Layout, string? Name, string Family, string? WhyNot)
{
    public long Parameters { get; init; }

    public IReadOnlyList<StoredType> StoredTypes { get; init; } = [];

    public InspectedSizes? Sizes { get; init; }

    public InspectedTokenizer? Tokenizer { get; init; }

    /// <summary>"its own", or that there is none.</summary>
    public bool HasChatTemplate { get; init; }

    public string? Licence { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<MemoryNeed> Memory { get; init; } = [];

    /// <summary>Tokens of a micro-batch that <see cref="Memory"/> counts with.</summary>
    public int MemoryTokens { get; init; }
}

/// <summary>How many tensors are stored in a type.</summary>
public sealed record StoredType(string Type, int Tensors, long Bytes);

/// <param name="TiedEmbeddings">The output head is the embedding; null: there is no head over the vocabulary.</param>
/// <param name="Rope">Kind of rotary scaling; null: positions are learned.</param>
public sealed record InspectedSizes(int Layers, int HiddenSize, int IntermediateSize, int Heads, int KeyValueHeads, int HeadDim, int Vocabulary, int Context, bool? TiedEmbeddings, string? Rope)
{
    /// <summary>What a classifier tells apart; empty where the model is none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}

/// <param name="AddsBos">Whether BOS goes before a text that is encoded with special tokens.</param>
public sealed record InspectedTokenizer(int Tokens, string? Bos, string? Eos, string? Pad, bool AddsBos);

/// <summary>Memory that a use of the model needs.</summary>
/// <param name="Use">"inference", "lora" or "full".</param>
/// <param name="Weights">Type that the weights are kept in.</param>
public sealed record MemoryNeed(string Use, string Weights, long Bytes);
