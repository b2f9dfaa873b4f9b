using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.Models.Bpe;

namespace TuneSharp.Tokenizers;

/// <summary>What is odd about a tokenizer that can be used all the same.</summary>
internal static class TokenizerWarnings
{
    public static IReadOnlyList<string> Find(BpeDefinition model, int numDistinctMerges, TokenizerVocabulary vocabulary)
    {
        var warnings = new List<string>();
        if (model.Merges.Count - numDistinctMerges is > 0 and int repeated)
            warnings.Add($"{repeated} merges stand twice; the later one counts.");
        int gaps = Enumerable.Range(0, vocabulary.Size).Count(id => vocabulary.SpellingOf(id) is null);
        if (gaps > 0) warnings.Add($"{gaps} ids below {vocabulary.Size} have no token; they decode to nothing.");
        if (model.ByteFallback && Enumerable.Range(0, 256).Count(b => !model.Vocabulary.ContainsKey($"<0x{b:X2}>")) is > 0 and int missing)
            warnings.Add($"byte_fallback is on, and {missing} of the 256 byte tokens are missing; characters that need them become the unknown token.");
        if (model.UnknownToken is { } unknown && !model.Vocabulary.ContainsKey(unknown))
            warnings.Add($"unk_token {Quoted.Text(unknown)} is not in the vocabulary; a text that needs it cannot be encoded.");
        return warnings;
    }
}
