using TuneSharp.Tokenizers.Files;
using TuneSharp.Tokenizers.Splitting;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers;

/// <summary>
/// Trains a byte-level BPE (Sennrich et al., arXiv:1508.07909; bytes as in GPT-2). Deterministic, equal to the Rust library:
/// ids are the special tokens, the 256 bytes in the order of their characters, then the merges; the next merge is the pair
/// with the highest count, among equals the one with the smallest ids; it ends below <see cref="BpeTrainerOptions.MinFrequency"/>
/// or with a full vocabulary.
/// </summary>
public static class ByteLevelBpeTrainer
{
    /// <param name="documents">Texts; a word never spans two of them.</param>
    /// <param name="options">Sizes and special tokens.</param>
    /// <exception cref="Formats.InvalidInputException">An option is out of its range.</exception>
    public static Tokenizer Train(IEnumerable<string> documents, BpeTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var tokens = new Training.TokenList(options.SpecialTokens);
        int[] symbolOfByte = new int[256];
        foreach (int b in Enumerable.Range(0, 256).OrderBy(b => ByteLevelAlphabet.Characters[b]))
            symbolOfByte[b] = tokens.Add(ByteLevelAlphabet.Characters[b].ToString());
        List<Training.TrainingWord> words = CountWords(documents, ScannerFor(options.Split), symbolOfByte);
        var counter = new Training.PairCounter(words, id => tokens.LengthOf(id), options.MaxTokenLength ?? int.MaxValue);
        var merges = new List<(string, string)>();
        while (tokens.Count < options.VocabularySize && counter.TryTake(out int left, out int right, out long count))
        {
            if (count < options.MinFrequency) break;
            int merged = tokens.Add(tokens[left] + tokens[right]);
            merges.Add((tokens[left], tokens[right]));
            counter.Merge(left, right, merged);
        }
        return Tokenizer.Parse(ByteLevelBpeFile.Write(tokens, merges, options));
    }

    internal static PieceScanner ScannerFor(ByteLevelSplit split) => split switch
    {
        ByteLevelSplit.Qwen2 => Qwen2Scanner.Qwen2,
        ByteLevelSplit.Llama3 => Qwen2Scanner.Llama3,
        _ => Gpt2Scanner.Instance,
    };

    private static List<Training.TrainingWord> CountWords(IEnumerable<string> documents, PieceScanner scanner, int[] symbolOfByte)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var ends = new IntList();
        char[] word = new char[64];
        foreach (string document in documents)
        {
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(document);
            ends.Clear();
            scanner.Split(bytes, ends);
            int start = 0;
            foreach (int end in ends.Items)
            {
                // A word is remembered as one char per byte: a string key without loss.
                if (word.Length < end - start) word = new char[2 * (end - start)];
                for (int i = start; i < end; i++) word[i - start] = (char)bytes[i];
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(lookup, word.AsSpan(0, end - start), out _)++;
                start = end;
            }
        }
        return [.. counts.Select(entry => new Training.TrainingWord([.. entry.Key.Select(c => symbolOfByte[c])], entry.Value))];
    }
}
