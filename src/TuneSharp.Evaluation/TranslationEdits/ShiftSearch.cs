namespace TuneSharp.Evaluation.TranslationEdits;

/// <summary>
/// Tercom's greedy search: the shift that lowers the edit distance most is made, until none does. Limits and the order among
/// equals are Tercom's, as sacreBLEU took them over.
/// </summary>
internal static class ShiftSearch
{
    private const int MaxShiftSize = 10, MaxShiftDistance = 50, MaxCandidates = 1000;

    /// <summary>Shifts and edits that make <paramref name="reference"/> of <paramref name="words"/>.</summary>
    public static int Edits(string[] words, string[] reference)
    {
        if (reference.Length == 0) return words.Length;
        int shifts = 0, candidates = 0;
        while (true)
        {
            string[]? better = Best(words, reference, ref candidates, out int gain);
            if (candidates >= MaxCandidates || gain <= 0) break;
            shifts++;
            words = better!;
        }
        return shifts + BeamEditDistance.Compute(words, reference, out _);
    }

    private static string[]? Best(string[] words, string[] reference, ref int candidates, out int gain)
    {
        int distance = BeamEditDistance.Compute(words, reference, out List<EditOperation> trace);
        (int[] alignment, bool[] wrongInReference, bool[] wrongInText) = Align(trace, words.Length, reference.Length);
        string[]? best = null;
        (int Gain, int Length, int Start, int Target) rank = default;
        foreach ((int start, int at, int length) in Pairs(words, reference))
        {
            if (!wrongInText.AsSpan(start, length).Contains(true) || !wrongInReference.AsSpan(at, length).Contains(true)) continue;
            if (alignment[at] >= start && alignment[at] < start + length) continue;
            int previous = -1;
            for (int offset = -1; offset < length && at + offset < reference.Length; offset++)
            {
                int target = at + offset == -1 ? 0 : alignment[at + offset] + 1;
                if (target == previous) continue;
                previous = target;
                string[] shifted = Shift(words, start, length, target);
                // Largest gain, longest run, earliest run, earliest target.
                (int, int, int, int) candidate = (distance - BeamEditDistance.Compute(shifted, reference, out _), length, -start, -target);
                candidates++;
                int order = best is null ? 1 : candidate.CompareTo(rank);
                if (order > 0 || (order == 0 && Compare(shifted, best!) > 0)) (best, rank) = (shifted, candidate);
            }
            if (candidates >= MaxCandidates) break;
        }
        gain = rank.Gain;
        return best;
    }

    private static int Compare(string[] a, string[] b) => a.Zip(b, string.CompareOrdinal).FirstOrDefault(order => order != 0);

    // For each word of the reference the word of the text that it goes with: its own, or the last one before it.
    private static (int[] Alignment, bool[] WrongInReference, bool[] WrongInText) Align(List<EditOperation> trace, int numWords, int numReference)
    {
        var alignment = new int[numReference];
        bool[] wrongInReference = new bool[numReference], wrongInText = new bool[numWords];
        int word = -1, at = -1;
        foreach (EditOperation operation in trace)
        {
            if (operation != EditOperation.Insert) wrongInText[++word] = operation != EditOperation.Keep;
            if (operation == EditOperation.Delete) continue;
            alignment[++at] = word;
            wrongInReference[at] = operation != EditOperation.Keep;
        }
        return (alignment, wrongInReference, wrongInText);
    }

    // Runs of words that both have; each prefix of a run is one too.
    private static IEnumerable<(int Start, int At, int Length)> Pairs(string[] words, string[] reference)
    {
        for (int start = 0; start < words.Length; start++)
        {
            for (int at = 0; at < reference.Length; at++)
            {
                if (Math.Abs(at - start) > MaxShiftDistance) continue;
                for (int length = 0; length < MaxShiftSize && start + length < words.Length && at + length < reference.Length && words[start + length] == reference[at + length];)
                    yield return (start, at, ++length);
            }
        }
    }

    private static string[] Shift(string[] words, int start, int length, int target)
    {
        string[] run = words[start..(start + length)];
        if (target < start) return [.. words[..target], .. run, .. words[target..start], .. words[(start + length)..]];
        if (target > start + length) return [.. words[..start], .. words[(start + length)..target], .. run, .. words[target..]];
        int end = Math.Min(length + target, words.Length);
        return [.. words[..start], .. words[(start + length)..end], .. run, .. words[end..]];
    }
}
