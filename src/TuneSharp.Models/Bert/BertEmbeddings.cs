using TuneSharp.Formats;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Bert;

/// <summary>norm(E[ids] + K[types] + P[positions]), projected where embeddings are narrower than the model.</summary>
internal sealed class BertEmbeddings
{
    private readonly BertConfig _config;
    private readonly Parameter _positions;
    private readonly Parameter? _types;
    private readonly LayerNorm _norm;
    private readonly Linear? _projection;

    public BertEmbeddings(BertConfig config, Parameter words, IWeightSource weights)
    {
        _config = config;
        string name = config.Names.Body + ".embeddings";
        int width = config.EmbeddingSize;
        Words = new Embedding(name + ".word_embeddings", words, config.PaddingId);
        _positions = weights.Matrix(name + ".position_embeddings.weight", config.NumPositions, width);
        _types = config.NumTokenTypes > 0 ? weights.Matrix(name + ".token_type_embeddings.weight", config.NumTokenTypes, width) : null;
        _norm = weights.LayerNorm(name + ".LayerNorm", width, config.Eps);
        _projection = width == config.HiddenSize ? null : weights.Linear($"{config.Names.Body}.embeddings_project", width, config.HiddenSize, bias: true);
    }

    /// <summary>Name of the word embedding's matrix.</summary>
    public static string WordsName(BertNames names) => names.Body + ".embeddings.word_embeddings.weight";

    public Embedding Words { get; }

    public IEnumerable<Linear> Linears => _projection is null ? [] : [_projection];

    public IEnumerable<Parameter> Parameters =>
        [Words.Weight, _positions, .. _types is null ? (Parameter[])[] : [_types], .. _norm.Parameters, .. _projection is null ? (Parameter[])[] : [_projection.Weight, _projection.Bias!]];

    /// <param name="t">Where it is recorded.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="first">Position of each row's first token: behind a prefix of so many.</param>
    /// <returns>[T, D].</returns>
    public Var Forward(Tape t, TokenBatch batch, int first)
    {
        PositionLimit.Check(first + batch.Rows.Max(row => row.Length), _config.MaxPositions, _config.Source);
        Var x = Words.Forward(t, batch);
        if (_types is not null) x = t.Add(t.Lookup(_types, Types(batch, _types)), x);
        x = t.Add(t.Lookup(_positions, Positions(batch, first), _config.PositionsFromIds ? _config.PaddingId : null), x);
        x = _norm.Forward(t, x);
        return _projection is null ? x : _projection.Forward(t, x);
    }

    private int[] Types(TokenBatch batch, Parameter table)
    {
        if (batch.TokenTypes is null) return new int[batch.NumTokens];
        foreach (int type in batch.TokenTypes)
        {
            if (type < 0 || type >= _config.NumTokenTypes)
            {
                throw new InvalidInputException($"A token has the type {type}; {table.Name} has {_config.NumTokenTypes} rows.", _config.Source.Where,
                    "Use the tokenizer that belongs to this model, or one text a row instead of pairs.");
            }
        }
        return [.. batch.TokenTypes];
    }

    private int[] Positions(TokenBatch batch, int first)
    {
        if (!_config.PositionsFromIds || _config.PaddingId is not { } padding) return batch.Positions(first: first);
        var positions = new int[batch.NumTokens];
        foreach (TokenRow row in batch.Rows)
        {
            int count = first;
            for (int i = row.Start; i < row.Start + row.Length; i++) positions[i] = padding + (batch.Ids[i] == padding ? 0 : ++count);
        }
        return positions;
    }
}
