namespace TuneSharp.Evaluation.Bleu;

/// <summary>What stands for an order of n-grams without a match, as sacreBLEU names it.</summary>
public enum BleuSmoothing
{
    /// <summary>Halved for each further order without a match (NIST's mteval); the usual one.</summary>
    Exp,

    /// <summary>A small count, 0.1.</summary>
    Floor,

    /// <summary>One is added to matches and totals of the orders above 1.</summary>
    AddK,

    /// <summary>Nothing: one order without a match makes the score 0.</summary>
    None,
}
