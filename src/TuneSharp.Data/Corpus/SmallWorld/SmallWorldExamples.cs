using TuneSharp.Formats;
using TuneSharp.Tokenizers;

namespace TuneSharp.Data.Corpus.SmallWorld;

/// <summary>
/// The corpus as rows for pre-training: one document a row, begun with a blank as
/// the chat template has it, ended by <see cref="SmallWorldTokenizer.EndToken"/>. A running
/// text is trained on whole; of a conversation only what the assistant says, its end included: who reads learns to answer,
/// and the passages' own words are learnt from the running texts.
/// </summary>
public static class SmallWorldExamples
{
    // Validation draws from a seed that no training row can reach.
    private const ulong ValidationSeed = 0x5EED_0F_7E57;

    /// <param name="tokenizer">With the special tokens of <see cref="SmallWorldTokenizer"/>.</param>
    /// <param name="options">Which documents are trained on.</param>
    /// <param name="numValidationDocuments">How many other documents the loss is measured on; 0: none.</param>
    /// <exception cref="InvalidInputException">The tokenizer lacks a special token, or an option lies outside its limits.</exception>
    public static (IReadOnlyList<TrainingExample> Train, IReadOnlyList<TrainingExample> Validation) Prepare(
        Tokenizer tokenizer, SmallWorldCorpusOptions options, int numValidationDocuments = 200)
    {
        var train = Render(tokenizer, SmallWorldCorpus.Generate(options));
        if (numValidationDocuments == 0)
            return (train, []);
        return (train, Render(tokenizer, SmallWorldCorpus.Generate(options with { Seed = options.Seed ^ ValidationSeed, NumDocuments = numValidationDocuments, NumCopyingDocuments = 0 })));
    }

    /// <summary>The rows of <paramref name="documents"/>, in their order.</summary>
    public static IReadOnlyList<TrainingExample> Render(Tokenizer tokenizer, IEnumerable<CorpusDocument> documents) =>
        [.. documents.Select(document => Render(tokenizer, document))];

    private static TrainingExample Render(Tokenizer tokenizer, CorpusDocument document)
    {
        int end = Special(tokenizer, SmallWorldTokenizer.EndToken);
        if (document.Text is { } text)
        {
            int[] row = [.. tokenizer.EncodeIds(" " + text, splitSpecialTokens: true), end];
            return new TrainingExample(row, row);
        }
        List<int> ids = [], labels = [];
        foreach (var turn in document.Messages!)
        {
            int[] said = [.. tokenizer.EncodeIds(" " + turn.Content, splitSpecialTokens: true), end];
            ids.Add(Special(tokenizer, $"<|{turn.Role}|>"));
            labels.Add(TrainingExample.Ignored);
            ids.AddRange(said);
            labels.AddRange(turn.Role == "assistant" ? said : Enumerable.Repeat(TrainingExample.Ignored, said.Length));
        }
        return new TrainingExample([.. ids], [.. labels]);
    }

    private static int Special(Tokenizer tokenizer, string token) => tokenizer.TokenToId(token)
        ?? throw new InvalidInputException($"The tokenizer has no token '{token}'.", null, "Use models/tunesharp-mini, or let the recipe train the tokenizer (tokenizer: small-world).");
}
