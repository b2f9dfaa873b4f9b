using TuneSharp.Data.Corpus.Grammars;
using TuneSharp.Tokenizers;

namespace TuneSharp.Data.Corpus.SmallWorld;

/// <summary>
/// The tokenizer of the embedded model: a byte-level BPE trained on documents of the corpus. Written Chinese has no
/// blanks, so a BPE would learn whole phrases; here a Chinese text is handed to the trainer word by word, and a token never
/// reaches over the end of a word that the small world knows.
/// </summary>
public static class SmallWorldTokenizer
{
    /// <summary>How many documents of the corpus the tokenizer is trained on.</summary>
    public const int NumDocuments = 20_000;

    /// <summary>Ends every turn and every document.</summary>
    public const string EndToken = "<|end|>";

    private const string PadToken = "<|pad|>";

    // Turns stand as <|role|> text<|end|>; what the assistant says is marked as generated, its end included. The blank makes
    // the first word of a turn the same token as in the middle of a sentence: a small model copies tokens, not spellings.
    private const string ChatTemplate =
        "{% for message in messages %}"
        + "{% if message['role'] not in ['system', 'user', 'assistant'] %}{{ raise_exception('The roles are system, user and assistant, not ' + message['role'] + '.') }}{% endif %}"
        + "{{ '<|' + message['role'] + '|>' }}"
        + "{% if message['role'] == 'assistant' %}{% generation %}{{ ' ' + message['content'] + '<|end|>' }}{% endgeneration %}"
        + "{% else %}{{ ' ' + message['content'] + '<|end|>' }}{% endif %}"
        + "{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

    /// <summary>Trains the tokenizer; the same corpus and size give the same file on every machine.</summary>
    /// <param name="corpus">Which corpus.</param>
    /// <param name="vocabularySize">Number of tokens at most.</param>
    public static Tokenizer Train(SmallWorldCorpusOptions corpus, int vocabularySize)
    {
        var options = new BpeTrainerOptions
        {
            VocabularySize = vocabularySize,
            SpecialTokens = [EndToken, PadToken, "<|system|>", "<|user|>", "<|assistant|>"],
            EosToken = EndToken,
            PadToken = PadToken,
            ChatTemplate = ChatTemplate,
        };
        var documents = SmallWorldCorpus.Generate(corpus with { NumDocuments = Math.Min(corpus.NumDocuments, NumDocuments), NumCopyingDocuments = 0 });
        var words = new ChineseWordSplitter(SmallWorldLanguage.Chinese().Grammar);
        return ByteLevelBpeTrainer.Train(documents.SelectMany(d => d.Passages).SelectMany(text => words.Split(" " + text)), options);
    }
}
