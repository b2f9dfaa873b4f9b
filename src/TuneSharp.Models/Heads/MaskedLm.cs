using TuneSharp.Nn;

namespace TuneSharp.Models.Heads;

/// <summary>An encoder with a head over the vocabulary.</summary>
internal sealed class MaskedLm : ModelWithHead, IMaskedLm
{
    private readonly MaskedLmHead _head;

    public MaskedLm(IModel body, MaskedLmHead head, IReadOnlyList<string> warnings)
        : base(body, [head.Dense], [.. head.Parameters, .. body.Parameters.Contains(head.Decoder.Weight) ? (Parameter[])[] : [head.Decoder.Weight]], warnings)
    {
        _head = head;
        Tunable = body.Tunable with { Linears = Linears, Parameters = Parameters, Head = head.Decoder };
    }

    public Linear Head => _head.Decoder;

    public override TunableModel Tunable { get; }

    public Var Logits(Tape t, TokenBatch batch, IReadOnlyList<int> tokens) => _head.Forward(t, t.Rows(Hidden(t, batch), tokens));
}
