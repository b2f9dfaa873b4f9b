using TuneSharp.Data.Checking;
using TuneSharp.Data.Packing;
using TuneSharp.Data.Storage;
using TuneSharp.Formats;

namespace TuneSharp.Data.Preparation;

/// <summary>Applies the maximal length and takes out rows with nothing to learn; counts and names everything it does.</summary>
internal sealed class LengthLimit
{
    private const int Named = 5;

    private readonly OverlongRows _policy;
    private readonly bool _splits;
    private readonly List<RowSource> _emptied = [];

    /// <exception cref="InvalidInputException">max_length is beyond the context, or rows are too long and the policy is error.</exception>
    public LengthLimit(DataSettings settings, int context, LengthReport lengths)
    {
        if (settings.MaxLength > context)
            throw new InvalidInputException($"max_length is {settings.MaxLength}; the model's context ends at {context} tokens.", "max_length", $"Give at most {context}, or leave it out.");
        _policy = settings.OverlongRows;
        MaxLength = settings.MaxLength ?? Math.Max(2, Math.Min(lengths.Longest, context));
        int overlong = lengths.LongerThan(MaxLength);
        _splits = settings.Packing is PackingStrategy.BfdSplit or PackingStrategy.Wrapped;
        if (overlong > 0 && _policy == OverlongRows.Error && !_splits)
        {
            throw new InvalidInputException($"{overlong} of {lengths.Count} rows are longer than {(settings.MaxLength is null ? "the model's context of " : "max_length ")}{MaxLength} tokens; the longest has {lengths.Longest}.",
                "max_length", "Set overlong_rows to truncate or drop" + (MaxLength < context ? $", or max_length up to {context}." : ", or shorten the rows."));
        }
    }

    public int MaxLength { get; }

    public long Truncated { get; private set; }

    public long Dropped { get; private set; }

    public long NothingToLearn { get; private set; }

    public IEnumerable<string> Notes
    {
        get
        {
            if (Truncated > 0) yield return $"{Truncated} rows were cut to {MaxLength} tokens (overlong_rows: {(_policy == OverlongRows.TruncateStart ? "truncate_start" : "truncate")}).";
            if (Dropped > 0) yield return $"{Dropped} rows were longer than {MaxLength} tokens and were left out (overlong_rows: drop).";
            if (NothingToLearn > 0) yield return $"{NothingToLearn} rows have no token to learn and were left out: {Names()}.";
        }
    }

    /// <summary>What is used of a row; null = nothing.</summary>
    /// <param name="record">As it was stored.</param>
    /// <param name="isTrain">A row to train on: those that packing cuts into several need no limit.</param>
    /// <param name="tokens">Where the row lies.</param>
    /// <param name="source">Names the row.</param>
    public RowRecord? Apply(RowRecord record, bool isTrain, TokenFile tokens, RowSource source)
    {
        if (record.Length > MaxLength && !(isTrain && _splits))
        {
            // Where packing cuts the rows to train on nothing was refused; others are shortened then.
            if (_policy == OverlongRows.Drop)
            {
                Dropped++;
                return null;
            }
            Truncated++;
            record = record with { Start = _policy == OverlongRows.TruncateStart ? record.Length - MaxLength : 0, Length = MaxLength };
            if (record.Labels is not (LabelLayout.Targets or LabelLayout.TargetsAndTypes)) record = record with { NumLabels = tokens.Read(record, null).NumLabels };
        }
        if (record.NumLabels > 0) return record;
        NothingToLearn++;
        if (_emptied.Count < Named) _emptied.Add(source);
        return null;
    }

    /// <summary>The error when no row is left to train on.</summary>
    public InvalidInputException NothingLeft(string file) => new(
        NothingToLearn > 0 ? $"No row has anything to learn: in all {NothingToLearn} rows every token is masked ({Names()})."
        : Dropped > 0 ? $"No row is left: all {Dropped} are longer than {MaxLength} tokens."
        : "No row is left to train on.",
        Path.GetFileName(file),
        Dropped > 0 ? "Raise max_length, or set overlong_rows to truncate." : "Check that the rows have answers, and that max_length does not cut them off (`data show` prints every token).");

    private string Names() => string.Join("; ", _emptied) + (NothingToLearn > _emptied.Count ? "; …" : "");
}
