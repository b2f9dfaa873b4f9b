using System.Text;
using System.Text.Encodings.Web;

namespace TuneSharp.Formats.Json;

/// <summary>
/// Escapes in JSON texts only what the standard demands (quote, backslash, control characters); everything else stays as it is.
/// Rust's and Python's writers do the same.
/// </summary>
internal sealed unsafe class MinimalEscapes : JavaScriptEncoder
{
    public static MinimalEscapes Instance { get; } = new();

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        for (int i = 0; i < textLength; i++)
            if (text[i] is < ' ' or '"' or '\\') return i;
        return -1;
    }

    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        string escape = unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\t' => "\\t",
            '\n' => "\\n",
            '\f' => "\\f",
            '\r' => "\\r",
            < ' ' => $"\\u{unicodeScalar:x4}",
            _ => new Rune(unicodeScalar).ToString(),
        };
        numberOfCharactersWritten = 0;
        if (escape.Length > bufferLength) return false;
        for (int i = 0; i < escape.Length; i++) buffer[i] = escape[i];
        numberOfCharactersWritten = escape.Length;
        return true;
    }

    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < ' ' or '"' or '\\';
}
