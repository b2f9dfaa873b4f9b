using System.Text.Json;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Tokenizers;
using Encoding = TuneSharp.Tokenizers.Encoding;

namespace TuneSharp.Data.Classification;

/// <summary>
/// Texts with labels as a classifier takes them: the tokenizer's own special tokens around the text or the pair, cut as tokenizers do (the
/// special tokens stay), and the label as the numbers that the head learns. Immutable, safe for any number of threads.
/// </summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="labels">What labels stand for.</param>
/// <param name="longest">Longest row in tokens, special tokens included; null: nothing is cut here.</param>
/// <param name="cutSide">Which end of a longer text is lost.</param>
public sealed class ClassificationRenderer(Tokenizer tokenizer, LabelSpace? labels, int? longest = null, TextSide cutSide = TextSide.Right) : IRowRenderer
{
    public int VocabularySize => tokenizer.VocabularySize;

    public string Identity => JsonSerializer.Serialize(new { labels?.Problem, labels?.Names, labels?.Spellings, longest, cutSide });

    /// <summary>Classes of which every part of a split gets its share; null where a row has not just one.</summary>
    internal IReadOnlyList<string>? Strata => labels is { Problem: ProblemType.SingleLabelClassification } ? labels.Names : null;

    /// <summary>A renderer that cuts rows where the settings say so.</summary>
    /// <param name="context">The model's longest context in tokens.</param>
    public static ClassificationRenderer For(Tokenizer tokenizer, LabelSpace? labels, DataSettings settings, int context)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.OverlongRows switch
        {
            OverlongRows.Truncate => new(tokenizer, labels, settings.MaxLength ?? context),
            OverlongRows.TruncateStart => new(tokenizer, labels, settings.MaxLength ?? context, TextSide.Left),
            _ => new(tokenizer, labels),
        };
    }

    public RenderedExample Render(DatasetRow row)
    {
        LabelledRow labelled = row as LabelledRow ?? throw new ArgumentException($"A {row?.GetType().Name} has no label.", nameof(row));
        float[] targets = labels is null ? [] : labels.Targets(labelled);
        (int[] ids, int[]? types, bool isCut) = Encode(labelled.Text, labelled.TextPair);
        int[] ignored = new int[ids.Length];
        Array.Fill(ignored, TrainingExample.Ignored);
        string text = labelled.TextPair is null ? labelled.Text : $"{labelled.Text}\n{labelled.TextPair}";
        DataProblem[] problems = isCut
            ? [new DataProblem(ProblemSeverity.Warning, ProblemKind.Truncated, $"The row was cut to {ids.Length} tokens.", "Raise max_length, or leave such rows out (overlong_rows: drop).") { File = row.Source.File, Row = row.Source.Row, Line = row.Source.Line }]
            : [];
        return new RenderedExample(new TrainingExample(ids, ignored) { Targets = targets, TokenTypes = types, Source = row.Source }, text, "label", problems);
    }

    /// <summary>The ids of a text, or of a pair of texts, and which of both each token belongs to (null: all to the first).</summary>
    public (int[] Ids, int[]? Types, bool IsCut) Encode(string text, string? pair)
    {
        if (pair is null)
        {
            int[] ids = tokenizer.EncodeIds(text, addSpecialTokens: true);
            if (longest is null || ids.Length <= longest) return (ids, null, false);
            return (tokenizer.Encode(text, addSpecialTokens: true, truncation: Truncation).Ids, null, true);
        }

        Encoding whole = tokenizer.EncodePair(text, pair, addSpecialTokens: true);
        bool isCut = longest is not null && whole.Count > longest;
        if (isCut) whole = tokenizer.EncodePair(text, pair, addSpecialTokens: true, truncation: Truncation);
        return (whole.Ids, Array.Exists(whole.TypeIds, type => type != 0) ? whole.TypeIds : null, isCut);
    }

    private TruncationOptions Truncation => new() { MaxLength = longest!.Value, Direction = cutSide };
}
