namespace TuneSharp.Nn;

/// <summary>Layer normalisation with its weights; see <see cref="LayerNormFunction"/>.</summary>
/// <param name="weight">[D].</param>
/// <param name="bias">[D]; null for none.</param>
/// <param name="eps">Added to the variance.</param>
public sealed class LayerNorm(Parameter weight, Parameter? bias, double eps)
{
    public IEnumerable<Parameter> Parameters { get; } = bias is null ? [weight] : [weight, bias];

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <returns>[T, D].</returns>
    public Var Forward(Tape t, Var x) => t.LayerNorm(x, weight, bias, eps);
}
