using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using TuneSharp.Data.Corpus.Grammars;

namespace TuneSharp.Data.Corpus.SmallWorld;

/// <summary>
/// The corpus that the embedded model is pre-trained on: stories, letters, dialogues, questions about a short text and
/// talk with the assistant, in English and Chinese, drawn from two small grammars, and the hand-written pieces of
/// <c>models/tunesharp-mini/corpus</c>. Document i depends on the seed and on i alone.
/// </summary>
public static class SmallWorldCorpus
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The documents, one after another; nothing is kept.</summary>
    /// <exception cref="Formats.InvalidInputException">An option lies outside its limits.</exception>
    public static IEnumerable<CorpusDocument> Generate(SmallWorldCorpusOptions options)
    {
        options.Validate();
        return Stream(options);
    }

    /// <summary>One document as a line of JSON without its line break: <c>{"text": …}</c> or <c>{"messages": […]}</c>.</summary>
    public static string ToJsonLine(CorpusDocument document) => document.Text is { } text
        ? JsonSerializer.Serialize(new { text }, Plain)
        : JsonSerializer.Serialize(new { messages = document.Messages!.Select(m => new { role = m.Role, content = m.Content }) }, Plain);

    /// <summary>SHA-256 (hex, lower case) of the documents as JSON lines in UTF-8, and how many bytes that is.</summary>
    public static (string Sha256, long NumBytes) Hash(IEnumerable<CorpusDocument> documents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long count = 0;
        foreach (var document in documents)
        {
            byte[] line = System.Text.Encoding.UTF8.GetBytes(ToJsonLine(document) + "\n");
            hash.AppendData(line);
            count += line.Length;
        }
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), count);
    }

    private static IEnumerable<CorpusDocument> Stream(SmallWorldCorpusOptions options)
    {
        SmallWorldLanguage[] languages = [SmallWorldLanguage.English(), SmallWorldLanguage.Chinese()];
        for (int i = 0; i < options.NumDocuments; i++)
        {
            var random = new Pcg32(options.Seed, (ulong)i);
            var language = languages[random.Below(100) < options.ChinesePercent ? 1 : 0];
            bool copying = IsCopying(i, options.NumCopyingDocuments, random);
            if (!copying && random.Below(100) < options.HandWrittenPercent)
                yield return CorpusScript.Read(language.HandWritten[random.Below(language.HandWritten.Count)]);
            else
                yield return CorpusScript.Read(new GrammarExpansion(language.Grammar, language.Morphology, random).Expand(copying ? "copying" : "document"));
        }
    }

    // All of the first n documents, then a share that falls evenly to nothing at 3n.
    private static bool IsCopying(int document, int n, Pcg32 random) =>
        n > 0 && document < 3L * n && (document < n || random.Below(2 * n) >= document - n);
}
