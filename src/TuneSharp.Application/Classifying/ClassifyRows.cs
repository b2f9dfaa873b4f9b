using TuneSharp.Data;
using TuneSharp.Data.Classification;
using TuneSharp.Formats;
using TuneSharp.Inference.Classification;
using TuneSharp.Tokenizers;

namespace TuneSharp.Application.Classifying;

/// <summary>Runs rows through a classifier as they come: some thousand are held at once, sorted by length within, answered in their order.</summary>
/// <param name="classifier">Not disposed here.</param>
/// <param name="batchTokens">Tokens that are computed at once.</param>
/// <param name="longest">Longest text in tokens; null: the model's context.</param>
/// <param name="cutSide">Which end of a longer text is lost.</param>
public sealed class ClassifyRows(LoadedClassifier classifier, int batchTokens = RowClassifier.DefaultBatchTokens, int? longest = null, TextSide cutSide = TextSide.Right)
{
    private const int RowsAtOnce = 2048;

    private readonly ClassificationRenderer _renderer = new(classifier.Text.Tokenizer, labels: null, Math.Min(longest ?? int.MaxValue, classifier.Text.Context), cutSide);

    /// <param name="rows">Read lazily.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public IEnumerable<Prediction> Run(IEnumerable<LabelledRow> rows, CancellationToken cancellation = default)
    {
        using var model = new RowClassifier(classifier.Model, batchTokens);
        foreach (LabelledRow[] chunk in rows.Chunk(RowsAtOnce))
        {
            (EncodedText Text, bool IsCut)[] encoded = [.. chunk.AsParallel().AsOrdered().Select(Encode)];
            float[][] logits = model.Logits([.. encoded.Select(row => row.Text)], cancellation);
            for (int i = 0; i < chunk.Length; i++) yield return new Prediction(chunk[i], logits[i], classifier.Labels, encoded[i].IsCut);
        }
    }

    /// <summary>One text, or a pair.</summary>
    public Prediction Run(string text, string? pair, CancellationToken cancellation = default) =>
        Run([new LabelledRow(new RowSource("", 1, 0), text, null) { TextPair = pair }], cancellation).Single();

    private (EncodedText Text, bool IsCut) Encode(LabelledRow row)
    {
        (int[] ids, int[]? types, bool isCut) = _renderer.Encode(row.Text, row.TextPair);
        if (ids.Length == 0) throw new InvalidInputException("The text has no token.", row.Source.ToString(), "Fill it in, or remove the row.");
        return (new EncodedText(ids, types), isCut);
    }
}
