using TuneSharp.Tokenizers.PostProcessing;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers;

public sealed partial class Tokenizer
{
    /// <summary>The ids of a text: the fast way, which allocates nothing but the result.</summary>
    /// <param name="addSpecialTokens">Adds what the file's post-processor puts around a text (Llama: BOS in front).</param>
    /// <param name="splitSpecialTokens">Special tokens in the text are plain text: for text from outside.</param>
    public int[] EncodeIds(string text, bool addSpecialTokens = false, bool splitSpecialTokens = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        (int[] before, int[] behind) = addSpecialTokens ? _singleAffixes : ([], []);
        PipelineWorker worker = Rent();
        try
        {
            worker.SetSource(text);
            _pipeline.Run(worker, record: false, splitSpecialTokens);
            return [.. before, .. worker.Tokens.Ids, .. behind];
        }
        finally
        {
            Return(worker);
        }
    }

    /// <summary>The tokens of a text with their places, words and masks.</summary>
    /// <inheritdoc cref="EncodeIds" path="/param"/>
    /// <param name="truncation">Cuts the result into windows; the further ones are <see cref="Encoding.Overflowing"/>.</param>
    public Encoding Encode(string text, bool addSpecialTokens = false, bool splitSpecialTokens = false, TruncationOptions? truncation = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EncodeTexts([text], addSpecialTokens, splitSpecialTokens, truncation);
    }

    /// <summary>Two texts as one encoding, put together as the file's post-processor says.</summary>
    /// <inheritdoc cref="Encode" path="/param"/>
    public Encoding EncodePair(string first, string second, bool addSpecialTokens = false, bool splitSpecialTokens = false, TruncationOptions? truncation = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return EncodeTexts([first, second], addSpecialTokens, splitSpecialTokens, truncation);
    }

    /// <summary>Fills all encodings of a batch, and their further windows, up to one length.</summary>
    public static IReadOnlyList<Encoding> Pad(IReadOnlyList<Encoding> batch, PaddingOptions options) => BatchPadding.Apply(batch, options);

    private Encoding EncodeTexts(string[] texts, bool addSpecialTokens, bool splitSpecialTokens, TruncationOptions? truncation)
    {
        var positions = new TextPositions[texts.Length];
        var parts = new List<EncodingDraft>(texts.Length);
        PipelineWorker worker = Rent();
        try
        {
            for (int i = 0; i < texts.Length; i++)
            {
                worker.SetSource(texts[i]);
                _pipeline.Run(worker, record: true, splitSpecialTokens);
                positions[i] = new TextPositions(worker.Source);
                parts.Add(EncodingBuilder.Draft(worker, positions[i], i));
            }
        }
        finally
        {
            Return(worker);
        }
        if (truncation is not null)
        {
            int added = addSpecialTokens && _postProcessor is not null ? _postProcessor.CountAdded(texts.Length > 1) : 0;
            parts = Truncator.Apply(parts, truncation, truncation.MaxLength - added);
        }
        if (_postProcessor is not null) parts = _postProcessor.Apply(parts, _vocabulary, addSpecialTokens);
        return new Encoding(EncodingDraft.Join(parts), _vocabulary, positions);
    }
}
