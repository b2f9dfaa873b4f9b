namespace TuneSharp.Peft.Settings;

/// <summary>The settings of one tuning method: an immutable record whose [Setting] properties are its keys in a recipe.</summary>
public interface IMethodOptions
{
    /// <exception cref="TuneSharp.Formats.InvalidInputException">Names the key, its value, the limit and what to do.</exception>
    void Validate();
}

/// <summary>Of a method that has nothing to set.</summary>
public sealed record NoOptions : IMethodOptions
{
    public void Validate()
    {
    }
}
