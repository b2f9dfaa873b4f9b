using System.Text.Json;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.Decoding;
using TuneSharp.Tokenizers.Models;
using TuneSharp.Tokenizers.Normalization;
using TuneSharp.Tokenizers.PostProcessing;
using TuneSharp.Tokenizers.Splitting;

namespace TuneSharp.Tokenizers.Files;

/// <summary>What a tokenizer.json defines, part by part in the order of use.</summary>
internal sealed record TokenizerParts
{
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    public Normalizer? Normalizer { get; init; }

    public PreTokenizer? PreTokenizer { get; init; }

    public required ModelDefinition Model { get; init; }

    public PostProcessor? PostProcessor { get; init; }

    public TokenDecoder? Decoder { get; init; }

    /// <summary>Role (<c>bos_token</c>, …) → text, where no other file names the token.</summary>
    public IReadOnlyDictionary<string, string> Roles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>
/// Reads tokenizer.json, the format of the Rust library <c>tokenizers</c> (version "1.0"), old spellings included.
/// The sections <c>truncation</c> and <c>padding</c> are settings of a run, not of a tokenizer, and are left alone.
/// </summary>
internal static class TokenizerJson
{
    public static TokenizerParts Parse(ReadOnlyMemory<byte> utf8, string where)
    {
        using JsonDocument document = JsonFile.Parse(utf8, where, allowDuplicates: true);
        var root = new JsonField(document.RootElement, where);
        if (!root.IsObject) throw root.Wrong("an object");
        RefuseDuplicates(root);
        if (root["model"].IsNull)
            throw new InvalidInputException("There is no field 'model': this is not a tokenizer.json.", where, "Name the tokenizer.json of the model.");
        ModelDefinition model = ModelReader.Read(root["model"]);
        IReadOnlyList<AddedToken> added = AddedTokenReader.Read(root["added_tokens"], model.Vocabulary);
        return new TokenizerParts
        {
            AddedTokens = added,
            Normalizer = NormalizerReader.Read(root["normalizer"]),
            PreTokenizer = PreTokenizerReader.Read(root["pre_tokenizer"]),
            Model = model,
            PostProcessor = PostProcessorReader.Read(root["post_processor"]),
            Decoder = DecoderReader.Read(root["decoder"]),
        };
    }

    /// <summary>No key twice anywhere; the vocabulary and the merges, which are large, are checked where they are read.</summary>
    private static void RefuseDuplicates(JsonField field)
    {
        if (field.IsArray && !field.Where.EndsWith(".merges", StringComparison.Ordinal))
        {
            foreach (JsonField item in field.Items()) RefuseDuplicates(item);
        }
        else if (field.IsObject && !field.Where.EndsWith(".vocab", StringComparison.Ordinal))
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (JsonProperty property in field.Value.EnumerateObject())
            {
                string name = JsonField.NameOf(property, field.Where);
                if (!names.Add(name)) throw new InvalidInputException($"The field {Quoted.Text(name)} stands twice.", field.Where, "Correct the file or get it again.");
                RefuseDuplicates(new JsonField(property.Value, $"{field.Where}.{name}"));
            }
        }
    }

    /// <summary>The <c>type</c> of a component.</summary>
    public static string TypeOf(JsonField component)
    {
        if (!component.IsObject) throw component.Wrong("an object with a field 'type'");
        return component["type"].Text();
    }

    public static InvalidInputException UnknownType(JsonField component, string kind, string known) => new(
        $"The {kind} type {Quoted.Text(component["type"].Text())} is not known here.", component.Where, $"Known are {known}.");
}
