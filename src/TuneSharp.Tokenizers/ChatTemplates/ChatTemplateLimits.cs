namespace TuneSharp.Tokenizers.ChatTemplates;

/// <summary>What one rendering of a chat template may use. A template that goes beyond a limit is refused, whatever it would have printed.</summary>
public sealed record ChatTemplateLimits
{
    /// <summary>The limits that hold unless others are given.</summary>
    public static ChatTemplateLimits Default { get; } = new();

    /// <summary>Evaluated nodes and work that counts as such (64 copied characters are one step). A long conversation takes some thousands.</summary>
    public long MaxSteps { get; init; } = 5_000_000;

    /// <summary>Characters of the result and of any text on the way.</summary>
    public int MaxTextLength { get; init; } = 4_000_000;

    /// <summary>Bytes of all values that are made, whether they still live or not.</summary>
    public long MaxAllocatedBytes { get; init; } = 160_000_000;

    /// <summary>Macros and recursive loops inside one another, and containers inside one another.</summary>
    public int MaxDepth { get; init; } = 200;

    /// <summary>Wall time: the last resort, far above what <see cref="MaxSteps"/> takes.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromSeconds(10);
}
