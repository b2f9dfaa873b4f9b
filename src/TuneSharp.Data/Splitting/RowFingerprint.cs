using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TuneSharp.Data.Splitting;

/// <summary>128 bits that stand for a row's text (the head of a SHA-256): equal for equal texts, on every machine.</summary>
public static class RowFingerprint
{
    /// <summary>The whole row, letter for letter.</summary>
    public static UInt128 Exact(DatasetRow row) => Hash(row, normalise: false, questionOnly: false);

    /// <summary>The whole row with runs of white space as one blank, and without case.</summary>
    public static UInt128 Normalised(DatasetRow row) => Hash(row, normalise: true, questionOnly: false);

    /// <summary>What is asked, normalised: everything but the answers and the system text. A text row is its own question.</summary>
    public static UInt128 Question(DatasetRow row) => Hash(row, normalise: true, questionOnly: true);

    private static UInt128 Hash(DatasetRow row, bool normalise, bool questionOnly)
    {
        ArgumentNullException.ThrowIfNull(row);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        switch (row)
        {
            case TextRow text:
                Append(hash, "text", text.Text, normalise);
                break;
            case ConversationRow conversation:
                Append(hash, conversation.Turns, normalise, questionOnly);
                if (!questionOnly && conversation.Tools is { } tools) Append(hash, "tools", tools.ToJsonString(), normalise: false);
                break;
            case PreferenceRow pair:
                Append(hash, pair.Turns, normalise, questionOnly);
                if (!questionOnly) Append(hash, [new Turn(pair.Chosen), new Turn(pair.Rejected)], normalise, questionOnly);
                break;
            case RatedRow rated:
                Append(hash, rated.Turns, normalise, questionOnly);
                if (!questionOnly) Append(hash, "rating", rated.IsGood ? "1" : "0", normalise: false);
                break;
            case LabelledRow labelled:
                Append(hash, "text", labelled.Text, normalise);
                if (labelled.TextPair is { } second) Append(hash, "pair", second, normalise);
                if (!questionOnly) foreach (string label in labelled.Labels) Append(hash, "label", label, normalise: false);
                break;
        }
        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    private static void Append(IncrementalHash hash, IReadOnlyList<Turn> turns, bool normalise, bool questionOnly)
    {
        foreach (Turn turn in turns)
        {
            if (questionOnly && turn.Message.Role is "assistant" or "system") continue;
            Append(hash, turn.Message.Role, turn.Message.Content, normalise);
            if (turn.Message.Extra is { } extra) Append(hash, "extra", extra.ToJsonString(), normalise: false);
            if (!questionOnly && turn.Weight is { } weight) Append(hash, "weight", weight == 0 ? "0" : "1", normalise: false);
        }
    }

    // Lengths stand in front of the parts, so that no two different rows write the same bytes.
    private static void Append(IncrementalHash hash, string role, string text, bool normalise)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(normalise ? Normalise(text) : text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(Encoding.UTF8.GetBytes(role));
        hash.AppendData(length);
        hash.AppendData(bytes);
    }

    private static string Normalise(string text)
    {
        var result = new StringBuilder(text.Length);
        bool blank = false;
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                blank = result.Length > 0;
                continue;
            }
            if (blank) result.Append(' ');
            blank = false;
            result.Append(char.ToLowerInvariant(c));
        }
        return result.ToString();
    }
}
