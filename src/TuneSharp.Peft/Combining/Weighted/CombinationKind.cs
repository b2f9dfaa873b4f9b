using TuneSharp.Formats;

namespace TuneSharp.Peft.Combining.Weighted;

/// <summary>How several adapters become one. Names as in PEFT's add_weighted_adapter.</summary>
/// <param name="Name">As a person writes it.</param>
/// <param name="Form">What is combined: the factors, the factors side by side, or the products.</param>
/// <param name="Pruning">What is dropped first.</param>
/// <param name="ElectsSigns">Numbers whose sign is not the majority's are left out (TIES).</param>
public sealed record CombinationKind(string Name, CombinedForm Form, Pruning Pruning = Pruning.None, bool ElectsSigns = false)
{
    public static IReadOnlyList<CombinationKind> All { get; } =
    [
        new("linear", CombinedForm.Factors),
        new("cat", CombinedForm.SideBySide),
        new("svd", CombinedForm.Products),
        new("ties", CombinedForm.Factors, Pruning.Magnitude, ElectsSigns: true),
        new("ties_svd", CombinedForm.Products, Pruning.Magnitude, ElectsSigns: true),
        new("dare_linear", CombinedForm.Factors, Pruning.Random),
        new("dare_linear_svd", CombinedForm.Products, Pruning.Random),
        new("dare_ties", CombinedForm.Factors, Pruning.Random, ElectsSigns: true),
        new("dare_ties_svd", CombinedForm.Products, Pruning.Random, ElectsSigns: true),
        new("magnitude_prune", CombinedForm.Factors, Pruning.Magnitude),
        new("magnitude_prune_svd", CombinedForm.Products, Pruning.Magnitude),
    ];

    /// <exception cref="InvalidInputException">There is no such kind; the text lists those that there are.</exception>
    public static CombinationKind Find(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new InvalidInputException($"Adapters cannot be combined by `{name}`.", null, $"Choose one of {string.Join(", ", All.Select(kind => kind.Name))}.");
}

/// <summary>What a combination works on.</summary>
public enum CombinedForm
{
    /// <summary>All A and all B apart: cheap, but cross terms appear; needs equal ranks.</summary>
    Factors,

    /// <summary>A above A, B beside B: exact; the ranks add up.</summary>
    SideBySide,

    /// <summary>The products B A, decomposed afterwards: the best approximation of a rank.</summary>
    Products,
}

/// <summary>What is dropped before adapters are added.</summary>
public enum Pruning { None, Magnitude, Random }
