using TuneSharp.Tokenizers.Models;

namespace TuneSharp.Tokenizers;

/// <summary>What is odd about a tokenizer that can be used all the same.</summary>
internal static class TokenizerWarnings
{
    public static IReadOnlyList<string> Find(ModelDefinition definition, ITokenModel model, TokenizerVocabulary vocabulary)
    {
        List<string> warnings = [.. definition.FindWarnings(model)];
        int gaps = Enumerable.Range(0, vocabulary.Size).Count(id => vocabulary.SpellingOf(id) is null);
        if (gaps > 0) warnings.Add($"{gaps} ids below {vocabulary.Size} have no token; they decode to nothing.");
        return warnings;
    }
}
