namespace TuneSharp.Tokenizers;

/// <summary>A half-open range of a text: <c>Start</c> is inside, <c>End</c> is behind it.</summary>
public readonly record struct TextSpan(int Start, int End)
{
    public int Length => End - Start;
}
