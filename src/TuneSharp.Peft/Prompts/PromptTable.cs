using TuneSharp.Nn;
using TuneSharp.Peft.Randomness;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Prompts;

/// <summary>Rows that are themselves trained.</summary>
internal sealed class PromptTable : PromptEncoder
{
    public const string Name = "prompt_encoder.embedding.weight";

    /// <param name="rows">R.</param>
    /// <param name="width">W.</param>
    public PromptTable(int rows, int width)
    {
        using var off = no_grad();
        Table = new Parameter(Name, zeros(rows, width));
        Parameters = [Table];
    }

    public Parameter Table { get; }

    public override IReadOnlyList<Parameter> Parameters { get; }

    public override long[] Shape => Table.Value.shape;

    public override Var Rows(Tape t, IReadOnlyList<int> rows) => t.Lookup(Table, rows);

    public override Tensor Result() => Table.Value;

    /// <summary>Normal, as PyTorch fills an embedding.</summary>
    public override void Initialise(long seed) => FirstValues.Normal(Table, seed, 1);
}
