using TuneSharp.Nn;

namespace TuneSharp.Models.Decoders;

/// <summary>What a block needs besides the values: the rows, and what came before them.</summary>
/// <param name="Batch">The rows.</param>
/// <param name="Angles">Rotations of this batch's positions; null: the family rotates nothing.</param>
/// <param name="Cache">Keys and values of earlier tokens of these rows.</param>
/// <param name="Prefix">Keys and values before every row; see <see cref="PrefixSlot"/>.</param>
internal sealed record BlockInput(TokenBatch Batch, RotaryAngles? Angles, LayerCache? Cache, (Var Key, Var Value)? Prefix);

/// <summary>One block of a <see cref="Decoder"/>: attention and MLP.</summary>
internal interface IDecoderBlock
{
    IEnumerable<Linear> Linears { get; }

    /// <summary>After attention and after the MLP.</summary>
    IEnumerable<ResidualSum> Residuals { get; }

    /// <summary>In the order of the checkpoint.</summary>
    IEnumerable<Parameter> Parameters { get; }

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D]; it is spent.</param>
    /// <param name="input">The rows.</param>
    /// <returns>[T, D].</returns>
    Var Forward(Tape t, Var x, BlockInput input);
}
