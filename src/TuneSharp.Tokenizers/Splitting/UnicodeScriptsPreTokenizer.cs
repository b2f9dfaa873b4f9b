using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting;

/// <summary>
/// UnicodeScripts: a new piece where the script changes (Unicode 9; kana count as Han). Blanks and unassigned characters belong
/// to any script; those before the first other character are lost, as in the reference.
/// </summary>
internal sealed class UnicodeScriptsPreTokenizer : PreTokenizer
{
    private static readonly byte[] s_scripts = UnicodeTables.GetValues("scripts9");
    private static readonly int s_han = NumberOf("Han");
    private static readonly int s_hiragana = NumberOf("Hiragana");
    private static readonly int s_katakana = NumberOf("Katakana");

    private const int Any = 0;

    public override void Split(Piece piece, List<Piece> output)
    {
        ReadOnlySpan<byte> bytes = piece.Bytes;
        int start = -1;
        int last = -1;
        for (int at = 0; at < bytes.Length;)
        {
            int script = ScriptOf(Utf8.Decode(bytes, at, out int length));
            if (script != Any && script != last)
            {
                if (start >= 0) AddPart(piece, start, at, output);
                start = at;
                last = script;
            }
            at += length;
        }
        if (start >= 0) AddPart(piece, start, bytes.Length, output);
    }

    private static int ScriptOf(int codePoint)
    {
        if (codePoint == 0x30FC) return s_han; // the long vowel mark of kana
        if (codePoint == ' ') return Any;
        int script = s_scripts[codePoint];
        return script == s_hiragana || script == s_katakana ? s_han : script;
    }

    private static int NumberOf(string name) => 1 + Array.IndexOf(UnicodeTables.GetNames("scripts9.names"), name);
}
