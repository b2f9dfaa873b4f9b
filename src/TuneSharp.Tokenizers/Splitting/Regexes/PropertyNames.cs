using System.Globalization;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting.Regexes;

/// <summary>The sets behind <c>\p{…}</c>, <c>[:…:]</c>, <c>\w</c> and their like: Unicode 16.0. Names ignore case, blanks, _ and -.</summary>
internal static class PropertyNames
{
    private static readonly string[] s_shortCategories =
    [
        "lu", "ll", "lt", "lm", "lo", "mn", "mc", "me", "nd", "nl", "no", "zs", "zl", "zp", "cc", "cf", "cs", "co",
        "pc", "pd", "ps", "pe", "pi", "pf", "po", "sm", "sc", "sk", "so", "cn",
    ];

    private static readonly string[] s_longCategories =
    [
        "uppercaseletter", "lowercaseletter", "titlecaseletter", "modifierletter", "otherletter", "nonspacingmark", "spacingmark", "enclosingmark",
        "decimalnumber", "letternumber", "othernumber", "spaceseparator", "lineseparator", "paragraphseparator", "control", "format", "surrogate",
        "privateuse", "connectorpunctuation", "dashpunctuation", "openpunctuation", "closepunctuation", "initialpunctuation", "finalpunctuation",
        "otherpunctuation", "mathsymbol", "currencysymbol", "modifiersymbol", "othersymbol", "unassigned",
    ];

    private static readonly Dictionary<string, char> s_groups = new(StringComparer.Ordinal)
    {
        ["letter"] = 'l',
        ["mark"] = 'm',
        ["number"] = 'n',
        ["separator"] = 'z',
        ["other"] = 'c',
        ["punctuation"] = 'p',
        ["symbol"] = 's',
    };

    private static readonly Dictionary<string, string> s_scriptCodes = new(StringComparer.Ordinal)
    {
        ["hani"] = "han",
        ["latn"] = "latin",
        ["grek"] = "greek",
        ["cyrl"] = "cyrillic",
        ["arab"] = "arabic",
        ["hebr"] = "hebrew",
        ["hira"] = "hiragana",
        ["kana"] = "katakana",
        ["hang"] = "hangul",
        ["deva"] = "devanagari",
        ["beng"] = "bengali",
        ["taml"] = "tamil",
        ["telu"] = "telugu",
        ["zyyy"] = "common",
        ["zinh"] = "inherited",
        ["qaai"] = "inherited",
        ["armn"] = "armenian",
        ["geor"] = "georgian",
        ["ethi"] = "ethiopic",
        ["khmr"] = "khmer",
        ["laoo"] = "lao",
        ["mong"] = "mongolian",
        ["mymr"] = "myanmar",
        ["tibt"] = "tibetan",
        ["bopo"] = "bopomofo",
    };

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, CodePointSet?> s_known = new(StringComparer.Ordinal);

    public static CodePointSet Digit => Find("nd")!;

    public static CodePointSet WhiteSpace => Find("space")!;

    public static CodePointSet Word => Find("word")!;

    /// <summary>
    /// <c>\w</c> outside of brackets, and what <c>\b</c> tells apart: the reference decides below U+0100 by its Latin-1 table, where
    /// ¹ ² ³ ¼ ½ ¾ are word characters.
    /// </summary>
    public static CodePointSet WordOutsideBrackets { get; } =
        Word.Union(CodePointSet.Where(c => c is 0xB2 or 0xB3 or 0xB9 or >= 0xBC and <= 0xBE));

    public static CodePointSet HexDigit => Find("xdigit")!;

    /// <summary>Null when nothing has this name.</summary>
    public static CodePointSet? Find(string name) =>
        s_known.GetOrAdd(name.ToLowerInvariant().Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal), Create);

    private static CodePointSet? Create(string name)
    {
        if (Array.IndexOf(s_shortCategories, name) is >= 0 and int index) return Categories(c => (int)c == index);
        if (Array.IndexOf(s_longCategories, name) is >= 0 and int number) return Categories(c => (int)c == number);
        if (s_groups.TryGetValue(name, out char group)) return Create(group.ToString());
        if (name.Length == 1 && "lmnzcps".Contains(name[0])) return Categories(c => s_shortCategories[(int)c][0] == name[0]);
        return CreateClass(name) ?? CreateScript(name);
    }

    private static CodePointSet? CreateClass(string name) => name switch
    {
        "any" => CodePointSet.All,
        "assigned" => Categories(c => c != UnicodeCategory.OtherNotAssigned),
        "ascii" => CodePointSet.OfRange(0, 0x7F),
        "alpha" or "alphabetic" => UnicodeTables.GetSet("alphabetic"),
        "digit" => Find("nd"),
        "alnum" => Find("alpha")!.Union(Digit),
        "upper" or "uppercase" => UnicodeTables.GetSet("uppercase"),
        "lower" or "lowercase" => UnicodeTables.GetSet("lowercase.property"),
        "punct" => Find("p")!.Union(Find("s")!),
        "cntrl" => Find("cc"),
        "xdigit" => CodePointSet.Where(c => c is >= '0' and <= '9' or >= 'A' and <= 'F' or >= 'a' and <= 'f'),
        "blank" => Find("zs")!.Union(CodePointSet.OfRange('\t', '\t')),
        "space" or "whitespace" => CodePointSet.Where(CodePointClasses.IsWhiteSpace),
        "word" => Find("alpha")!.Union(Find("m")!).Union(Digit).Union(Find("pc")!),
        "graph" => Find("space")!.Union(Find("cc")!).Union(Find("cn")!).Union(Find("cs")!).Complement(),
        "print" => Find("graph")!.Union(Find("zs")!),
        _ => null,
    };

    private static CodePointSet? CreateScript(string name)
    {
        name = s_scriptCodes.GetValueOrDefault(name, name);
        string[] scripts = UnicodeTables.GetNames("scripts.names");
        int index = Array.FindIndex(scripts, script => script.Replace("_", "", StringComparison.Ordinal).Equals(name, StringComparison.OrdinalIgnoreCase));
        if (index < 0) return null;
        byte[] values = UnicodeTables.GetValues("scripts");
        return CodePointSet.Where(c => values[c] == index + 1);
    }

    private static CodePointSet Categories(Func<UnicodeCategory, bool> isMember) => CodePointSet.Where(c => isMember(UnicodeCategories.Of(c)));
}

/// <summary>Simple case folding of Unicode 16.0.</summary>
internal static class CaseFolding
{
    private static readonly Dictionary<int, int> s_folds = Read();
    private static readonly ILookup<int, int> s_unfolds = s_folds.ToLookup(fold => fold.Value, fold => fold.Key);

    /// <summary>The set with everything that differs from a member by case only: s brings S and ſ.</summary>
    public static CodePointSet Close(CodePointSet set)
    {
        var more = new HashSet<int>();
        foreach ((int from, int to) in s_folds)
        {
            if (!set.Contains(from) && !set.Contains(to)) continue;
            more.Add(from);
            more.Add(to);
            foreach (int other in s_unfolds[to]) more.Add(other);
        }
        return more.Count == 0 ? set : set.Union(CodePointSet.Where(more.Contains));
    }

    private static Dictionary<int, int> Read()
    {
        ReadOnlySpan<byte> table = UnicodeTables.Get("folds");
        var folds = new Dictionary<int, int>();
        int from = 0;
        for (int at = 0; at < table.Length;)
        {
            from += UnicodeTables.ReadNumber(table, ref at);
            int zigzag = UnicodeTables.ReadNumber(table, ref at);
            folds.Add(from, from + ((zigzag & 1) == 1 ? -(zigzag + 1) / 2 : zigzag / 2));
        }
        return folds;
    }
}
