using System.Globalization;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Gguf;

namespace TuneSharp.Models.Gguf;

/// <summary>The metadata of a GGUF file under its architecture's name.</summary>
/// <param name="file">The file.</param>
/// <param name="architecture">As in <c>llama</c>: keys are <c>llama.block_count</c> and so on.</param>
internal sealed class GgufKeys(GgufFile file, string architecture)
{
    public const int MaxSize = 1 << 24;

    public string Prefix { get; } = architecture + ".";

    /// <summary>A whole number that must be there.</summary>
    public int Int(string key, int max = MaxSize) => file.Metadata.GetInt(Prefix + key, 1, max);

    /// <summary>A whole number that may be missing.</summary>
    public int? IntOrNull(string key) => file.Metadata.GetIntOrNull(Prefix + key, 1, MaxSize);

    /// <summary>A number that must be there, as the decimal that was meant.</summary>
    /// <param name="key">Without the prefix.</param>
    /// <param name="meaning">For the error.</param>
    public double Decimal(string key, string meaning) => DecimalOrNull(key) ?? throw file.Metadata.Missing(Prefix + key, meaning);

    /// <inheritdoc cref="Decimal"/>
    public double? DecimalOrNull(string key) => file.Metadata.GetNumberOrNull(Prefix + key) is { } number ? Shortest(number) : null;

    /// <summary>Rows of the token embedding.</summary>
    public int Vocabulary() => file.Tensors.TryGetValue("token_embd.weight", out GgufTensor? embedding) && embedding.Shape.Count == 2 && embedding.Shape[0] <= MaxSize
        ? (int)embedding.Shape[0]
        : IntOrNull("vocab_size") ?? throw file.Metadata.Missing(Prefix + "vocab_size", "the number of tokens");

    /// <summary>Adds the ids of begin, padding and end to a config.json.</summary>
    public void AddTokenIds(JsonObject json)
    {
        foreach ((string role, string key) in (ReadOnlySpan<(string, string)>)[("bos", "bos_token_id"), ("padding", "pad_token_id")])
            if (TokenId(role) is { } id) json[key] = id;
        int[] ends = [.. new[] { TokenId("eos"), TokenId("eot") }.OfType<int>().Distinct()];
        if (ends.Length > 0) json["eos_token_id"] = ends.Length == 1 ? ends[0] : new JsonArray([.. ends.Select(end => JsonValue.Create(end))]);

        int? TokenId(string role) => file.Metadata.GetIntOrNull($"tokenizer.ggml.{role}_token_id", 0, MaxSize);
    }

    /// <summary>Converters store 1e-5 as float32: the decimal number that was meant, not 9.999999747378752e-06.</summary>
    public static double Shortest(double number) =>
        number == (float)number ? double.Parse(((float)number).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : number;
}
