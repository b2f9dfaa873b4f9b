using System.Globalization;
using System.Text.Unicode;

namespace TuneSharp.Tokenizers.Decoding;

/// <summary>
/// Reads a run of <c>&lt;0x..&gt;</c> tokens as UTF-8: all or nothing. If the run as a whole is not valid, every byte of it,
/// ASCII too, becomes a U+FFFD.
/// </summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    public override bool JoinsByteTokens => true;

    public override byte[]? BytesOf(string token) => TryReadByte(token, out byte value) ? [value] : null;

    public override List<string> Apply(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (string token in tokens)
        {
            if (TryReadByte(token, out byte b))
            {
                run.Add(b);
                continue;
            }
            Flush(run, result);
            result.Add(token);
        }
        Flush(run, result);
        return result;
    }

    private static bool TryReadByte(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>' &&
            byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static void Flush(List<byte> run, List<string> result)
    {
        if (run.Count == 0) return;
        byte[] bytes = [.. run];
        result.Add(Utf8.IsValid(bytes) ? System.Text.Encoding.UTF8.GetString(bytes) : new string('\uFFFD', bytes.Length));
        run.Clear();
    }
}
