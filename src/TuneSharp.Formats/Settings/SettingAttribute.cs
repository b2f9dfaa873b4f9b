namespace TuneSharp.Formats.Settings;

/// <summary>
/// Describes one setting where it is declared, so that the recipe file, the command line, the API and the form are all made
/// from the same words. The key is the property's name in snake_case: <c>LearningRate</c> is <c>learning_rate</c>.
/// </summary>
/// <param name="description">What the setting does: one or two sentences in English.</param>
/// <param name="chinese">The same in Chinese.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string description, string chinese) : Attribute
{
    public string Description { get; } = description;

    public string Chinese { get; } = chinese;

    /// <summary>Unit of the value, as in "tokens" or "steps"; null for a pure number or a choice.</summary>
    public string? Unit { get; init; }

    /// <summary>When to choose which value.</summary>
    public string? Advice { get; init; }

    /// <summary>Lowest permitted value; NaN if there is none.</summary>
    public double Minimum { get; init; } = double.NaN;

    /// <summary>Highest permitted value; NaN if there is none.</summary>
    public double Maximum { get; init; } = double.NaN;

    /// <summary>Other spellings that people know: LLaMA-Factory's, Hugging Face's.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>A value as one would write it in a recipe.</summary>
    public string? Example { get; init; }
}
