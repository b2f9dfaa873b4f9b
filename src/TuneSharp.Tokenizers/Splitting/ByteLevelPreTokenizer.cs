using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting;

/// <summary>
/// ByteLevel: puts a blank in front if asked, splits by GPT-2's rule if asked, then spells every byte as one character
/// of <see cref="ByteLevelAlphabet"/>. When nothing comes behind it but a model that reads bytes, the spelling is left out.
/// </summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex, bool spellBytes) : PreTokenizer
{
    public bool AddPrefixSpace => addPrefixSpace;

    public bool UseRegex => useRegex;

    public bool SpellBytes => spellBytes;

    public ByteLevelPreTokenizer WithoutSpelling() => new(addPrefixSpace, useRegex, spellBytes: false);

    public override void Split(Piece piece, List<Piece> output)
    {
        if (addPrefixSpace && piece.Bytes[0] != ' ')
        {
            var prefixed = new AlignedTextBuilder(piece.ToText(), piece.Length + 1);
            prefixed.Append(' ', 0); // shares the place of the first character
            prefixed.Keep(0, piece.Length);
            piece = Piece.Whole(prefixed.ToText());
        }
        int from = output.Count;
        if (useRegex)
        {
            var ends = new IntList();
            Gpt2Scanner.Instance.Split(piece.Bytes, ends);
            int start = 0;
            foreach (int end in ends.Items)
            {
                output.Add(piece.Part(start, end));
                start = end;
            }
        }
        else
        {
            output.Add(piece);
        }
        if (!spellBytes) return;
        for (int i = from; i < output.Count; i++) output[i] = Piece.Whole(Spell(output[i].ToText()));
    }

    /// <summary>One character for each byte; it stands where the whole character of that byte stands.</summary>
    public static AlignedText Spell(AlignedText text)
    {
        var spelled = new AlignedTextBuilder(text, 2 * text.Length);
        for (int at = 0; at < text.Length; at++) spelled.Append(ByteLevelAlphabet.Characters[text.Bytes[at]], at);
        return spelled.ToText();
    }
}
