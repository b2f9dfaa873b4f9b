using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Models;

/// <summary>Models with a table of positions have no position behind its end.</summary>
internal static class PositionLimit
{
    /// <param name="tokens">Of the longest row, with those before it.</param>
    /// <param name="limit">Rows of the table that can be used.</param>
    /// <param name="config">For the error.</param>
    public static void Check(int tokens, int limit, HfConfig config)
    {
        if (tokens > limit)
            throw new InvalidInputException($"A row has {tokens} tokens; the model has positions for {limit}.", config.Where, $"Cut rows to at most {limit} tokens (max_length).");
    }
}
