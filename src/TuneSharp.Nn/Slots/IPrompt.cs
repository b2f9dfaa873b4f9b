namespace TuneSharp.Nn;

/// <summary>Trained rows that stand in front of every row's embeddings (prompt tuning, P-tuning), in <see cref="Embedding.Prompt"/>.</summary>
public interface IPrompt
{
    /// <summary>n: virtual tokens.</summary>
    int NumTokens { get; }

    /// <summary>One of its parameters is trained now.</summary>
    bool Trained { get; }

    /// <summary>The rows, [n, D], made by functions of the tape.</summary>
    Var Rows(Tape t);
}
