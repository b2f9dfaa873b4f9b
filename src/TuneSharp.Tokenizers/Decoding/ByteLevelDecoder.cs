using System.Buffers;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Decoding;

/// <summary>
/// Reads the characters of all tokens as bytes and these as UTF-8; a malformed part becomes one U+FFFD. A token with a
/// character outside the byte-level alphabet (an added one) stands for its own UTF-8 bytes.
/// </summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override byte[]? BytesOf(string token) => ByteLevelAlphabet.ToBytes(token);

    public override List<string> Apply(List<string> tokens)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        foreach (string token in tokens)
        {
            if (ByteLevelAlphabet.ToBytes(token) is { } spelled) bytes.Write(spelled);
            else bytes.Write(System.Text.Encoding.UTF8.GetBytes(token));
        }
        return [System.Text.Encoding.UTF8.GetString(bytes.WrittenSpan)];
    }
}
