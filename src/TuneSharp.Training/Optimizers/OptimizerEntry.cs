namespace TuneSharp.Training.Optimizers;

/// <summary>Which of Adam's settings in a recipe an optimizer uses; one that is set and not used is an error.</summary>
[Flags]
public enum AdamSettings
{
    None = 0,
    Betas = 1,
    Epsilon = 2,
    All = Betas | Epsilon,
}

/// <summary>An optimizer by name. Its memory follows from the states that its rule declares.</summary>
/// <param name="Name">The key in `optim`, as Hugging Face's Trainer names it.</param>
/// <param name="Aliases">Other names of the same mathematics.</param>
/// <param name="Description">One line for help and documentation.</param>
/// <param name="Uses">Which of adam_beta1, adam_beta2, adam_epsilon it honours.</param>
/// <param name="Build">Reads its arguments, checks them and returns the rule.</param>
internal sealed record OptimizerEntry(string Name, IReadOnlyList<string> Aliases, string Description, AdamSettings Uses, Func<OptimizerArguments, IUpdateRule> Build);
