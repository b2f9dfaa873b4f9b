namespace TuneSharp.Evaluation.Rouge;

/// <summary>
/// The stemmer of Porter (1980) with the extensions that NLTK calls its own and that rouge_score therefore uses: a list of
/// irregular words, -ied, -alli, -fulli, -logi, and two-letter stems that end in a vowel and a consonant.
/// </summary>
public static class PorterStemmer
{
    private static readonly Dictionary<string, string> s_irregular = new()
    {
        ["sky"] = "sky",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["news"] = "news",
        ["innings"] = "inning",
        ["inning"] = "inning",
        ["outings"] = "outing",
        ["outing"] = "outing",
        ["cannings"] = "canning",
        ["canning"] = "canning",
        ["howe"] = "howe",
        ["proceed"] = "proceed",
        ["exceed"] = "exceed",
        ["succeed"] = "succeed",
    };

    private static readonly (string Suffix, string Replacement)[] s_step2 =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
        ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
    ];

    private static readonly (string Suffix, string Replacement)[] s_step3 =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly string[] s_step4 =
        ["al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize"];

    /// <param name="word">In lower case.</param>
    public static string Stem(string word)
    {
        if (s_irregular.TryGetValue(word, out string? stem)) return stem;
        return word.Length <= 2 ? word : Step5b(Step5a(Step4(Step3(Step2(Step1c(Step1b(Step1a(word))))))));
    }

    private static string Step1a(string word)
    {
        if (Ends(word, "ies")) return word.Length == 4 ? word[..^1] : word[..^2];
        if (Ends(word, "sses")) return word[..^2];
        return Ends(word, "ss") || !Ends(word, "s") ? word : word[..^1];
    }

    private static string Step1b(string word)
    {
        if (Ends(word, "ied")) return word.Length == 4 ? word[..^1] : word[..^2];
        if (Ends(word, "eed")) return Measure(word[..^3]) > 0 ? word[..^1] : word;
        string? stem = null;
        if (Ends(word, "ed") && HasVowel(word[..^2])) stem = word[..^2];
        else if (Ends(word, "ing") && HasVowel(word[..^3])) stem = word[..^3];
        if (stem is null) return word;
        if (Ends(stem, "at") || Ends(stem, "bl") || Ends(stem, "iz")) return stem + "e";
        if (EndsDoubleConsonant(stem)) return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        return Measure(stem) == 1 && EndsConsonantVowelConsonant(stem) ? stem + "e" : stem;
    }

    private static string Step1c(string word) => Ends(word, "y") && word.Length > 2 && IsConsonant(word, word.Length - 2) ? word[..^1] + "i" : word;

    private static string Step2(string word)
    {
        if (Ends(word, "alli") && Measure(word[..^4]) > 0) return Step2(word[..^2]);
        foreach ((string suffix, string replacement) in s_step2)
        {
            if (Ends(word, suffix)) return Replace(word, suffix, replacement);
        }
        return Ends(word, "logi") && Measure(word[..^3]) > 0 ? word[..^1] : word;
    }

    private static string Step3(string word)
    {
        foreach ((string suffix, string replacement) in s_step3)
        {
            if (Ends(word, suffix)) return Replace(word, suffix, replacement);
        }
        return word;
    }

    private static string Step4(string word)
    {
        foreach (string suffix in s_step4)
        {
            if (!Ends(word, suffix)) continue;
            string stem = word[..^suffix.Length];
            return Measure(stem) > 1 && (suffix != "ion" || stem[^1] is 's' or 't') ? stem : word;
        }
        return word;
    }

    private static string Step5a(string word)
    {
        if (!Ends(word, "e")) return word;
        string stem = word[..^1];
        int measure = Measure(stem);
        return measure > 1 || (measure == 1 && !EndsConsonantVowelConsonant(stem)) ? stem : word;
    }

    private static string Step5b(string word) => Ends(word, "ll") && Measure(word[..^1]) > 1 ? word[..^1] : word;

    private static bool Ends(string word, string suffix) => word.EndsWith(suffix, StringComparison.Ordinal);

    private static string Replace(string word, string suffix, string replacement)
    {
        string stem = word[..^suffix.Length];
        return Measure(stem) > 0 ? stem + replacement : word;
    }

    // y is a consonant at the start and after a vowel.
    private static bool IsConsonant(string word, int at)
    {
        if (word[at] is 'a' or 'e' or 'i' or 'o' or 'u') return false;
        return word[at] != 'y' || at == 0 || !IsConsonant(word, at - 1);
    }

    // Porter's m: how often a vowel is followed by a consonant.
    private static int Measure(string stem)
    {
        int measure = 0;
        bool afterVowel = false;
        for (int i = 0; i < stem.Length; i++)
        {
            bool consonant = stem[i] is not ('a' or 'e' or 'i' or 'o' or 'u') && (stem[i] != 'y' || i == 0 || afterVowel);
            if (consonant && afterVowel) measure++;
            afterVowel = !consonant;
        }
        return measure;
    }

    private static bool HasVowel(string stem)
    {
        for (int i = 0; i < stem.Length; i++)
        {
            if (!IsConsonant(stem, i)) return true;
        }
        return false;
    }

    private static bool EndsDoubleConsonant(string word) => word.Length >= 2 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1);

    private static bool EndsConsonantVowelConsonant(string word)
    {
        int n = word.Length;
        if (n == 2) return !IsConsonant(word, 0) && IsConsonant(word, 1);
        return n >= 3 && IsConsonant(word, n - 3) && !IsConsonant(word, n - 2) && IsConsonant(word, n - 1) && word[^1] is not ('w' or 'x' or 'y');
    }
}
