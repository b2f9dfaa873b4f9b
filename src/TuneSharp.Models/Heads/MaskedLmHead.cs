using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Heads;

/// <summary>Names of a masked-language-model head within a checkpoint.</summary>
/// <param name="Dense">The transform's linear, as in <c>cls.predictions.transform.dense</c>.</param>
/// <param name="Norm">The norm behind it.</param>
/// <param name="Decoder">The linear over the vocabulary.</param>
/// <param name="Bias">The decoder's bias.</param>
internal sealed record MaskedLmNames(string Dense, string Norm, string Decoder, string Bias);

/// <summary>Which word was here: decoder(norm(activation(dense(x)))), the decoder's matrix mostly that of the word embedding.</summary>
internal sealed class MaskedLmHead
{
    private readonly Linear _dense;
    private readonly LayerNorm _norm;
    private readonly Activation _activation;

    /// <param name="names">Of the modules.</param>
    /// <param name="width">D of the encoder.</param>
    /// <param name="decoder">[V, E].</param>
    /// <param name="activation">Behind the dense layer.</param>
    /// <param name="eps">Of the norm.</param>
    /// <param name="weights">Where the other weights come from.</param>
    public MaskedLmHead(MaskedLmNames names, int width, Parameter decoder, Activation activation, double eps, IWeightSource weights)
    {
        _activation = activation;
        _dense = weights.Linear(names.Dense, width, decoder.Shape[1], bias: true);
        _norm = weights.LayerNorm(names.Norm, decoder.Shape[1], eps);
        Decoder = new Linear(names.Decoder, decoder, weights.Bias(names.Bias, decoder.Shape[0]));
    }

    public Linear Decoder { get; }

    public Linear Dense => _dense;

    /// <summary>Without the decoder's matrix.</summary>
    public IEnumerable<Parameter> Parameters => [_dense.Weight, _dense.Bias!, .. _norm.Parameters, Decoder.Bias!];

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[N, D].</param>
    /// <returns>[N, V].</returns>
    public Var Forward(Tape t, Var x) => Decoder.Forward(t, _norm.Forward(t, t.Activate(_dense.Forward(t, x), _activation)));
}
