using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>A row of a batch: tokens <see cref="Start"/> … <see cref="Start"/> + <see cref="Length"/> - 1.</summary>
public readonly record struct TokenRow(int Start, int Length);

/// <summary>
/// The tokens of several rows, one row after another without padding, [T]. Rows do not see each other: only attention and
/// positions know of them. Must outlive the tape that reads it.
/// </summary>
public sealed class TokenBatch : IDisposable
{
    /// <summary>The label of a token that is not trained on.</summary>
    public const int Ignored = -100;

    /// <summary>The id of a token that is no word of the vocabulary but a row of a trained prompt (<see cref="IPrompt"/>).</summary>
    public const int Virtual = -1;

    private readonly Dictionary<object, IDisposable> _derived = [];
    private readonly int[]? _positions;

    private TokenBatch(int[] ids, TokenRow[] rows, int[]? positions, (int[] Tokens, int[] Labels) labelled, int numVirtualTokens)
    {
        TorchRuntime.EnsureLoaded();
        _positions = positions;
        Ids = ids;
        Rows = rows;
        LabelledTokens = labelled.Tokens;
        Labels = labelled.Labels;
        NumVirtualTokens = numVirtualTokens;
        // Any row of the embedding stands in for a virtual token until the prompt's row takes its place.
        IdTensor = torch.tensor(Array.ConvertAll(ids, id => (long)Math.Max(id, 0))).DetachFromDisposeScope();
    }

    /// <summary>All rows' ids, [T].</summary>
    public IReadOnlyList<int> Ids { get; }

    public IReadOnlyList<TokenRow> Rows { get; }

    public int NumTokens => Ids.Count;

    /// <summary>How many tokens of a trained prompt stand before every row. They are part of the rows.</summary>
    public int NumVirtualTokens { get; }

    /// <summary>The kind of each token (first or second text of a pair), [T]; null: all are 0.</summary>
    public IReadOnlyList<int>? TokenTypes { get; private init; }

    /// <summary>Where the model's output is compared with a label: token t with label t + 1 of the same row.</summary>
    public IReadOnlyList<int> LabelledTokens { get; }

    /// <summary>The id that each of <see cref="LabelledTokens"/> should predict.</summary>
    public IReadOnlyList<int> Labels { get; }

    public int NumLabels => Labels.Count;

    internal Tensor IdTensor { get; }

    /// <summary>Indices of the virtual tokens, row after row.</summary>
    internal Tensor VirtualPlaces => Derived(typeof(PlacePromptFunction), () => torch.tensor(
        Rows.SelectMany(row => Enumerable.Range(row.Start, NumVirtualTokens)).Select(i => (long)i).ToArray()).DetachFromDisposeScope());

    /// <summary>Joins rows.</summary>
    /// <param name="ids">Token ids of each row. A row may be empty only in decoding (a sequence that has ended).</param>
    /// <param name="labels">
    /// As long as the ids, unshifted: label = id of the same token, or <see cref="Ignored"/>. The shift happens here: the output
    /// at token t is compared with the label of token t + 1. Null: nothing is compared.
    /// </param>
    /// <param name="positions">As long as the ids; null: 0, 1, 2 … in each row, behind what a cache already holds.</param>
    /// <param name="numVirtualTokens">So many tokens of a prompt come before each row; they are not among the ids.</param>
    /// <param name="tokenTypes">As long as the ids; null: all 0. Virtual tokens are of kind 0.</param>
    public static TokenBatch FromRows(IReadOnlyList<int[]> ids, IReadOnlyList<int[]>? labels = null, IReadOnlyList<int[]>? positions = null, int numVirtualTokens = 0, IReadOnlyList<int[]>? tokenTypes = null)
    {
        CheckLengths(ids, labels, nameof(labels));
        CheckLengths(ids, positions, nameof(positions));
        CheckLengths(ids, tokenTypes, nameof(tokenTypes));
        if (numVirtualTokens > 0)
        {
            if (positions is not null) throw new ArgumentException("Given positions leave no place for virtual tokens.", nameof(positions));
            ids = Behind(numVirtualTokens, Virtual, ids);
            labels = labels is null ? null : Behind(numVirtualTokens, Ignored, labels);
            tokenTypes = tokenTypes is null ? null : Behind(numVirtualTokens, 0, tokenTypes);
        }
        var rows = new TokenRow[ids.Count];
        List<int> tokens = [], targets = [];
        for (int r = 0, start = 0; r < rows.Length; start += ids[r].Length, r++)
        {
            rows[r] = new TokenRow(start, ids[r].Length);
            for (int i = 1; labels is not null && i < ids[r].Length; i++)
            {
                if (labels[r][i] == Ignored) continue;
                tokens.Add(start + i - 1);
                targets.Add(labels[r][i]);
            }
        }
        int[] all = [.. ids.SelectMany(row => row)];
        if (all.Length == 0) throw new ArgumentException("A batch holds at least one token.", nameof(ids));
        return new TokenBatch(all, rows, positions is null ? null : [.. positions.SelectMany(row => row)], ([.. tokens], [.. targets]), numVirtualTokens)
        {
            TokenTypes = tokenTypes is null ? null : [.. tokenTypes.SelectMany(row => row)],
        };
    }

    /// <summary>The position of each token, [T], behind what <paramref name="cache"/> holds of its row.</summary>
    /// <param name="cache">Null: rows begin here.</param>
    /// <param name="first">Position of the first token of a row that begins here, behind a prefix of so many tokens.</param>
    public int[] Positions(KvCache? cache = null, int first = 0)
    {
        if (_positions is not null) return _positions;
        var positions = new int[NumTokens];
        for (int r = 0; r < Rows.Count; r++)
        {
            int past = cache?.Filled(r) ?? first;
            for (int i = 0; i < Rows[r].Length; i++) positions[Rows[r].Start + i] = past + i;
        }
        return positions;
    }

    /// <summary>Something computed from this batch once and disposed with it (index tensors, angles).</summary>
    internal T Derived<T>(object key, Func<T> make) where T : IDisposable
    {
        if (!_derived.TryGetValue(key, out IDisposable? value)) _derived[key] = value = make();
        return (T)value;
    }

    public void Dispose()
    {
        IdTensor.Dispose();
        foreach (IDisposable value in _derived.Values) value.Dispose();
        _derived.Clear();
    }

    private static int[][] Behind(int count, int filler, IReadOnlyList<int[]> rows) => [.. rows.Select(row => (int[])[.. Enumerable.Repeat(filler, count), .. row])];

    private static void CheckLengths(IReadOnlyList<int[]> ids, IReadOnlyList<int[]>? other, string name)
    {
        if (other is null) return;
        if (other.Count != ids.Count) throw new ArgumentException($"{ids.Count} rows of ids, {other.Count} of {name}.", name);
        for (int r = 0; r < ids.Count; r++)
            if (other[r].Length != ids[r].Length) throw new ArgumentException($"Row {r}: {ids[r].Length} ids, {other[r].Length} {name}.", name);
    }
}
