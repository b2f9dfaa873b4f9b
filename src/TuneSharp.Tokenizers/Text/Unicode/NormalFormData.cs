namespace TuneSharp.Tokenizers.Text;

/// <summary>
/// What normal forms need: full decompositions, orders of combining marks, primary composites; Unicode 9.0, later characters are
/// left alone. Hangul syllables are computed (Unicode Standard, section 3.12).
/// </summary>
internal static class NormalFormData
{
    public const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    public const int Leads = 19, Vowels = 21, Tails = 28, Syllables = Leads * Vowels * Tails;

    private static readonly Dictionary<int, int[]> s_canonical = UnicodeTables.GetMap("decompositions");
    private static readonly Dictionary<int, int[]> s_compatibility = UnicodeTables.GetMap("compatibility");
    private static readonly byte[] s_combining = UnicodeTables.GetValues("combining");
    private static readonly Dictionary<long, int> s_compositions = ReadCompositions();
    private static readonly byte[] s_mayChange = FindMayChange();

    /// <summary>Order of a combining mark: 0 for starters, otherwise it rises with the canonical combining class.</summary>
    public static int CombiningOrder(int codePoint) => s_combining[codePoint];

    public static bool IsHangulSyllable(int codePoint) => (uint)(codePoint - HangulBase) < Syllables;

    /// <summary>The full decomposition; null when the character stands for itself.</summary>
    public static int[]? Decompose(int codePoint, bool compatibility)
    {
        if (codePoint < 0xA0) return null;
        if (compatibility && s_compatibility.TryGetValue(codePoint, out int[]? found)) return found;
        return s_canonical.GetValueOrDefault(codePoint);
    }

    /// <summary>The composite of two characters; −1 when there is none.</summary>
    public static int Compose(int first, int second)
    {
        if ((uint)(first - LeadBase) < Leads && (uint)(second - VowelBase) < Vowels)
            return HangulBase + ((first - LeadBase) * Vowels + second - VowelBase) * Tails;
        if (IsHangulSyllable(first) && (first - HangulBase) % Tails == 0 && (uint)(second - TailBase - 1) < Tails - 1)
            return first + second - TailBase;
        return s_compositions.TryGetValue(((long)first << 32) | (uint)second, out int composed) ? composed : -1;
    }

    /// <summary>False: the character is the same in NFC whatever stands around it.</summary>
    public static bool MayChangeInNfc(int codePoint) => s_mayChange[codePoint] != 0;

    private static Dictionary<long, int> ReadCompositions()
    {
        ReadOnlySpan<byte> table = UnicodeTables.Get("compositions");
        var compositions = new Dictionary<long, int>();
        for (int at = 0; at < table.Length;)
        {
            long first = UnicodeTables.ReadNumber(table, ref at);
            int second = UnicodeTables.ReadNumber(table, ref at);
            compositions.Add((first << 32) | (uint)second, UnicodeTables.ReadNumber(table, ref at));
        }
        return compositions;
    }

    private static byte[] FindMayChange()
    {
        byte[] mayChange = (byte[])s_combining.Clone();
        var composites = new HashSet<int>(s_compositions.Values);
        foreach (int codePoint in s_canonical.Keys)
            if (!composites.Contains(codePoint)) mayChange[codePoint] = 1;
        foreach (long pair in s_compositions.Keys) mayChange[(int)(uint)pair] = 1;
        for (int c = VowelBase; c < VowelBase + Vowels; c++) mayChange[c] = 1;
        for (int c = TailBase + 1; c < TailBase + Tails; c++) mayChange[c] = 1;
        return mayChange;
    }
}
