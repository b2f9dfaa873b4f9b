using System.Diagnostics;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

/// <summary>
/// Counts what one rendering uses against its limits. Every operation pays before it works: evaluated nodes one step each, texts
/// one step per 64 characters, containers one step per four elements, so that the step limit alone bounds the time.
/// </summary>
internal sealed class Budget(ChatTemplateLimits limits)
{
    private const int StepsBetweenClockReadings = 1 << 14;

    private readonly long _started = Stopwatch.GetTimestamp();
    private long _stepsLeft = limits.MaxSteps;
    private long _bytesLeft = limits.MaxAllocatedBytes;
    private long _clockAt = Math.Max(0, limits.MaxSteps - StepsBetweenClockReadings);

    public ChatTemplateLimits Limits { get; } = limits;

    public void Step()
    {
        if (--_stepsLeft < _clockAt) Check();
    }

    /// <summary>Pays for work that is worth so many steps.</summary>
    public void Work(long steps)
    {
        _stepsLeft -= Math.Max(0, steps);
        if (_stepsLeft < _clockAt) Check();
    }

    /// <summary>Pays for reading a text of so many characters.</summary>
    public void Scan(long characters) => Work(characters >> 6);

    /// <summary>Pays for looking at every one of so many characters by itself, which takes much longer than copying them.</summary>
    public void Inspect(long characters) => Work(characters >> 1);

    /// <summary>Pays for a new text of so many characters.</summary>
    public void Text(long characters)
    {
        if (characters > Limits.MaxTextLength)
            throw JinjaException.Limit($"The template makes a text of {characters} characters; the limit is {Limits.MaxTextLength}.");
        Allocate(2 * characters + 32);
        Work(characters >> 6);
    }

    /// <summary>Pays for a new list or table of so many elements.</summary>
    public void Elements(long count)
    {
        Allocate(16 * count + 64);
        Work(count >> 2);
    }

    private void Allocate(long bytes)
    {
        _bytesLeft -= bytes;
        if (_bytesLeft < 0)
            throw JinjaException.Limit($"The template uses more than {Limits.MaxAllocatedBytes} bytes of memory for its values, which is the limit.");
    }

    private void Check()
    {
        if (_stepsLeft < 0) throw JinjaException.Limit($"The template takes more than {Limits.MaxSteps} steps, which is the limit.");
        _clockAt = Math.Max(0, _stepsLeft - StepsBetweenClockReadings);
        if (Stopwatch.GetElapsedTime(_started) > Limits.MaxDuration)
            throw JinjaException.Limit($"The template takes longer than {Limits.MaxDuration.TotalSeconds:0.###} seconds, which is the limit.");
    }
}
