using TuneSharp.Models.Decoders;
using TuneSharp.Nn;

namespace TuneSharp.Models.Heads;

/// <summary>A decoder with a head over the vocabulary.</summary>
internal sealed class LanguageModel : ModelWithHead, ICausalLm
{
    private readonly Decoder _decoder;

    /// <param name="decoder">The transformer.</param>
    /// <param name="name">The head's module, as in <c>lm_head</c>.</param>
    /// <param name="weight">[V, D]; may be the decoder's own embedding.</param>
    /// <param name="warnings">About the checkpoint.</param>
    public LanguageModel(Decoder decoder, string name, Parameter weight, IReadOnlyList<string> warnings)
        : base(decoder, [], decoder.Parameters.Contains(weight) ? [] : [weight], warnings)
    {
        _decoder = decoder;
        Head = new Linear(name, weight);
        Tunable = decoder.Tunable with { Parameters = Parameters, Head = Head };
    }

    public Linear Head { get; }

    public override TunableModel Tunable { get; }

    public KvCache CreateCache(int maxTokens, int batch = 1) => _decoder.CreateCache(maxTokens, batch);
}
