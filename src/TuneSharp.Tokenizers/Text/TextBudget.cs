using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.Text;

/// <summary>
/// What the steps of a tokenizer file may spend on one text: a file from outside must neither blow a text up nor try patterns for ever.
/// </summary>
internal sealed class TextBudget(int bytes)
{
    private const int GrowthFactor = 64;
    private const int FreeBytes = 1 << 16;

    /// <summary>Steps of regular expressions that are left.</summary>
    public long RegexSteps { get; set; } = 20_000_000 + 400L * bytes;

    /// <summary>Largest size of the text between two steps.</summary>
    public long MostBytes { get; } = FreeBytes + (long)GrowthFactor * bytes;

    /// <exception cref="InvalidInputException">The text has grown out of proportion.</exception>
    public void CheckSize(long size)
    {
        if (size > MostBytes)
            throw new InvalidInputException(
                $"The tokenizer makes {size} bytes out of a text of {bytes}; at most {GrowthFactor} times as many are allowed.", null,
                "The tokenizer file is damaged or hostile; get it again.");
    }
}
