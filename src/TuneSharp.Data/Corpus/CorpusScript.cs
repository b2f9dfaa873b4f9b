using TuneSharp.Formats;

namespace TuneSharp.Data.Corpus;

/// <summary>
/// Reads the script form of a document: <c>U: …¶A: …</c> is a conversation of turns apart by <c>¶</c> (S system, U user,
/// A assistant); anything else is running text.
/// </summary>
internal static class CorpusScript
{
    private const char TurnEnd = '¶';

    public static CorpusDocument Read(string script)
    {
        if (RoleOf(script) is null)
            return CorpusDocument.OfText(script);
        return CorpusDocument.OfMessages(WithoutRepeatedQuestions([.. script.Split(TurnEnd).Select(ReadTurn)]));
    }

    // Questions are drawn one by one and may come up twice; asking the same thing again teaches nothing.
    private static List<CorpusMessage> WithoutRepeatedQuestions(List<CorpusMessage> turns)
    {
        var kept = new List<CorpusMessage>();
        for (int i = 0; i < turns.Count; i++)
        {
            var turn = turns[i];
            if (turn.Role == "user" && kept.Exists(k => k.Role == "user" && k.Content.EndsWith(turn.Content, StringComparison.Ordinal)))
                i++;
            else
                kept.Add(turn);
        }
        return kept;
    }

    private static CorpusMessage ReadTurn(string turn)
    {
        turn = turn.Trim('\n');
        string role = RoleOf(turn)
            ?? throw new InvalidInputException($"A turn starts with 'S: ', 'U: ' or 'A: ', not with '{turn[..Math.Min(20, turn.Length)]}'.", "corpus text");
        return new CorpusMessage(role, turn[3..].Trim());
    }

    private static string? RoleOf(string turn) => turn.Length < 3 ? null : turn[..3] switch
    {
        "S: " => "system",
        "U: " => "user",
        "A: " => "assistant",
        _ => null,
    };
}
