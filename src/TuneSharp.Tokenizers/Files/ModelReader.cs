using System.Text.Json;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.Models;
using TuneSharp.Tokenizers.Models.Bpe;
using TuneSharp.Tokenizers.Models.Unigram;
using TuneSharp.Tokenizers.Models.WordPiece;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Reads <c>model</c>. Older files have no <c>type</c>: merges mean BPE, a longest word WordPiece, a list of pieces Unigram.</summary>
internal static class ModelReader
{
    /// <summary>Ids are packed into 24 bits; no vocabulary comes near.</summary>
    public const int LargestId = (1 << 24) - 1;

    private const int LargestVocabulary = 4_000_000;

    public static ModelDefinition Read(JsonField model)
    {
        if (!model.IsObject) throw model.Wrong("an object");
        string type = model["type"].TextOrNull() ?? GuessType(model);
        return type switch
        {
            "BPE" => ReadBpe(model),
            "WordPiece" => ReadWordPiece(model),
            "Unigram" => ReadUnigram(model),
            "WordLevel" => throw new InvalidInputException(
                $"The model type {Quoted.Text(type)} is not supported yet.", model.Where + ".type", "Use a model whose tokenizer.json is of type BPE, WordPiece or Unigram."),
            _ => throw new InvalidInputException($"The model type {Quoted.Text(type)} is not known here.", model.Where + ".type", "Known are BPE, WordPiece and Unigram."),
        };
    }

    private static WordPieceDefinition ReadWordPiece(JsonField model) => new()
    {
        Vocabulary = ReadVocabulary(model["vocab"]),
        UnknownToken = model["unk_token"].TextOrNull() ?? "[UNK]",
        ContinuingSubwordPrefix = model["continuing_subword_prefix"].IsNull ? "##" : model["continuing_subword_prefix"].ShortText(),
        MaxInputCharsPerWord = model["max_input_chars_per_word"].Whole(0, int.MaxValue, 100),
        Where = model.Where,
    };

    private static UnigramDefinition ReadUnigram(JsonField model)
    {
        JsonField vocab = model["vocab"];
        if (!vocab.IsArray) throw vocab.Wrong("a list of pieces with their scores");
        int count = vocab.Value.GetArrayLength();
        CheckSize(vocab, count);
        var pieces = new Dictionary<string, int>(count, StringComparer.Ordinal);
        double[] scores = new double[count];
        foreach (JsonElement entry in vocab.Value.EnumerateArray())
        {
            int id = pieces.Count;
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2 || entry[1].ValueKind != JsonValueKind.Number || !double.IsFinite(scores[id] = entry[1].GetDouble()))
                throw new InvalidInputException($"Entry {id} is not a pair of a piece and its score.", vocab.Where, "Correct the file or get it again.");
            string piece = new JsonField(entry[0], vocab.Where).Text();
            if (!pieces.TryAdd(piece, id)) throw new InvalidInputException($"The token {Quoted.Text(piece)} stands twice.", vocab.Where, "Correct the file or get it again.");
        }
        JsonField unknown = model["unk_id"];
        return new UnigramDefinition
        {
            Vocabulary = pieces,
            Scores = scores,
            UnknownId = unknown.IsNull ? null : unknown.Whole(0, count - 1),
            ByteFallback = model["byte_fallback"].Flag(false),
            Where = model.Where,
        };
    }

    private static void CheckSize(JsonField vocab, int count)
    {
        if (count == 0) throw new InvalidInputException("The vocab is empty.", vocab.Where, "Correct the file or get it again.");
        if (count > LargestVocabulary)
            throw new InvalidInputException($"The vocab has {count} tokens; at most {LargestVocabulary} are read.", vocab.Where, "Correct the file or get it again.");
    }

    private static BpeDefinition ReadBpe(JsonField model)
    {
        JsonField dropout = model["dropout"];
        if (!dropout.IsNull && (dropout.Value.ValueKind != JsonValueKind.Number || !dropout.Value.TryGetDouble(out double rate) || rate is not (>= 0 and <= 1)))
            throw new InvalidInputException("The dropout must be a number from 0 to 1, or null.", dropout.Where, "Correct the file or get it again.");
        Dictionary<string, int> vocabulary = ReadVocabulary(model["vocab"]);
        return new BpeDefinition
        {
            Vocabulary = vocabulary,
            Merges = ReadMerges(model["merges"]),
            UnknownToken = model["unk_token"].TextOrNull(),
            FuseUnknown = model["fuse_unk"].Flag(false),
            ByteFallback = model["byte_fallback"].Flag(false),
            IgnoreMerges = model["ignore_merges"].Flag(false),
            ContinuingSubwordPrefix = ReadAffix(model["continuing_subword_prefix"]),
            EndOfWordSuffix = ReadAffix(model["end_of_word_suffix"]),
            Where = model.Where,
        };
    }

    private static string ReadAffix(JsonField affix) => affix.IsNull ? "" : affix.ShortText();

    private static string GuessType(JsonField model)
    {
        if (!model["merges"].IsNull) return "BPE";
        if (!model["max_input_chars_per_word"].IsNull) return "WordPiece";
        return model["vocab"].IsArray ? "Unigram" : throw model["type"].Wrong("the name of a model type");
    }

    private static Dictionary<string, int> ReadVocabulary(JsonField vocab)
    {
        if (!vocab.IsObject) throw new InvalidInputException("The vocab must be an object that gives each token its id.", vocab.Where, "Correct the file or get it again.");
        int count = vocab.Value.GetPropertyCount();
        CheckSize(vocab, count);
        var tokens = new Dictionary<string, int>(count, StringComparer.Ordinal);
        var seen = new System.Collections.BitArray(LargestId + 1);
        foreach (JsonProperty entry in vocab.Value.EnumerateObject())
        {
            string token = JsonField.NameOf(entry, vocab.Where);
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out int id) || id is < 0 or > LargestId)
                throw new InvalidInputException(
                    $"The token {Quoted.Text(token)} has the id {Quoted.Text(entry.Value.GetRawText())}; an id is a whole number from 0 to {LargestId}.", vocab.Where, "Correct the file or get it again.");
            if (seen[id])
                throw new InvalidInputException($"Two tokens share the id {id}; one of them is {Quoted.Text(token)}.", vocab.Where, "Correct the file or get it again.");
            seen[id] = true;
            if (!tokens.TryAdd(token, id))
                throw new InvalidInputException($"The token {Quoted.Text(token)} stands twice.", vocab.Where, "Correct the file or get it again.");
        }
        return tokens;
    }

    private static List<(string, string)> ReadMerges(JsonField merges)
    {
        if (!merges.IsArray) throw merges.Wrong("a list");
        var pairs = new List<(string, string)>(merges.Value.GetArrayLength());
        foreach (JsonElement item in merges.Value.EnumerateArray())
        {
            var merge = new JsonField(item, merges.Where);
            if (item.ValueKind == JsonValueKind.Array)
            {
                if (item.GetArrayLength() != 2) throw Malformed(merges, pairs.Count, item, "is not a pair");
                pairs.Add((new JsonField(item[0], merges.Where).Text(), new JsonField(item[1], merges.Where).Text()));
                continue;
            }
            if (item.ValueKind != JsonValueKind.String) throw Malformed(merges, pairs.Count, item, "is neither a pair nor a text");
            string text = merge.Text();
            int blank = text.IndexOf(' ', StringComparison.Ordinal);
            if (blank <= 0 || blank == text.Length - 1 || text.IndexOf(' ', blank + 1) >= 0)
                throw Malformed(merges, pairs.Count, item, "is not two tokens with one blank between them");
            pairs.Add((text[..blank], text[(blank + 1)..]));
        }
        return pairs;
    }

    private static InvalidInputException Malformed(JsonField merges, int index, JsonElement item, string problem)
    {
        string text = item.GetRawText();
        return new InvalidInputException(
            $"Merge number {index + 1}, {Quoted.Text(text)}, {problem}.", merges.Where,
            "The file is damaged (no-break spaces turned into blanks is a known case); get it again.");
    }
}
