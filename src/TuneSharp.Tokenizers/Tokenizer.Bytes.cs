namespace TuneSharp.Tokenizers;

public sealed partial class Tokenizer
{
    /// <summary>
    /// The bytes that a token stands for within a text; those of byte-level and byte-fallback tokens need not be whole
    /// characters. Empty where no token has this id. Special tokens give their spelling.
    /// </summary>
    public byte[] BytesOf(int id)
    {
        if (_vocabulary.SpellingOf(id) is not { } spelling) return [];
        return _decoder?.BytesOf(spelling) ?? System.Text.Encoding.UTF8.GetBytes(DecodePart([id], skipSpecialTokens: false, continued: true));
    }
}
