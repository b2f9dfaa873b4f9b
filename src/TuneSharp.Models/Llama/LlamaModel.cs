using TuneSharp.Models.Heads;
using TuneSharp.Nn;

namespace TuneSharp.Models.Llama;

/// <summary>The decoder with a head over the vocabulary.</summary>
internal sealed class LlamaModel : ModelWithHead, ICausalLm
{
    public const string HeadName = "lm_head";

    private readonly LlamaDecoder _decoder;

    /// <param name="decoder">The transformer.</param>
    /// <param name="head">[V, D]; may be the decoder's own embedding.</param>
    /// <param name="warnings">About the checkpoint.</param>
    public LlamaModel(LlamaDecoder decoder, Parameter head, IReadOnlyList<string> warnings)
        : base(decoder, [], decoder.Parameters.Contains(head) ? [] : [head], warnings)
    {
        _decoder = decoder;
        Head = new Linear(HeadName, head);
        Tunable = decoder.Tunable with { Parameters = Parameters, Head = Head };
    }

    /// <summary>How large such a model is.</summary>
    public static ModelSizes SizesOf(LlamaConfig config) => LlamaDecoder.SizesOf(config) with { TiedHead = config.TieWordEmbeddings, HeadName = HeadName };

    public Linear Head { get; }

    public override TunableModel Tunable { get; }

    public KvCache CreateCache(int maxTokens, int batch = 1) => _decoder.CreateCache(maxTokens, batch);
}
