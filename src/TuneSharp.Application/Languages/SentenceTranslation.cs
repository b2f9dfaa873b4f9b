using System.Text;

namespace TuneSharp.Application.Languages;

/// <summary>
/// Translates one text. It is cut where sentences or places may end; among all ways to put the pieces together the one with
/// the most literal text of templates wins. What stands in a hole is translated in the same way.
/// </summary>
internal sealed class SentenceTranslation(MessageTranslations translations)
{
    /// <summary>Longer texts are shown as they are.</summary>
    private const int MaxLength = 4000;

    private const int MaxCuts = 32;

    private const int MaxDepth = 4;

    /// <summary>Below so many letters a template fits too much: its holes must hold single words, quotes or known phrases.</summary>
    private const int SureWeight = 14;

    private const int MostCandidates = 3;

    private readonly Dictionary<string, Result> _known = [];

    /// <summary>Pieces that may still be looked at: a hostile text costs a moment, not seconds.</summary>
    private int _budget = 5_000;

    /// <param name="Score">Letters of templates that were recognised in it.</param>
    private readonly record struct Result(string Text, bool IsComplete, int Score)
    {
        public bool IsChanged => Score > 0;
    }

    private readonly record struct Piece(int From, MessageTemplate? Template, string[] Captured, int Score);

    public string Translate(string text) => Translate(text, 0).Text;

    /// <summary>"rows.jsonl, row 2, line 3, column 9, field output"</summary>
    public string Place(string place)
    {
        string[] parts = place.Split(", ");
        int known = parts.Length;
        while (known > 0 && PlaceWord(parts[known - 1]) is not null) known--;
        string head = string.Join(", ", parts[..known]);
        return string.Join('，', parts[known..].Select(part => PlaceWord(part)!).Prepend(Translate(head, MaxDepth - 1).Text).Where(part => part.Length > 0));
    }

    private static string? PlaceWord(string part)
    {
        int blank = part.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0) return null;
        string value = part[(blank + 1)..];
        bool isNumber = value.Length > 0 && value.All(char.IsAsciiDigit);
        return part[..blank] switch
        {
            "row" when isNumber => $"第 {value} 条样本",
            "line" when isNumber => $"第 {value} 行",
            "column" when isNumber => $"第 {value} 列",
            "byte" when isNumber => $"第 {value} 字节",
            "column" => $"列 {value}",
            "field" => $"字段 {value}",
            "sheet" => $"工作表 {value}",
            _ => null,
        };
    }

    private Result Translate(string text, int depth)
    {
        if (text.Length is 0 or > MaxLength || depth >= MaxDepth) return new Result(text, IsComplete: text.Length == 0, Score: 0);
        if (_known.TryGetValue(text, out Result known)) return known;
        int[] cuts = Cuts(text);

        // best[j]: the best way to read the text up to the j-th cut.
        var best = new Piece[cuts.Length];
        for (int j = 1; j < cuts.Length; j++)
        {
            best[j] = new Piece(j - 1, null, [], best[j - 1].Score);
            for (int i = 0; i < j; i++)
            {
                if (_budget-- <= 0) continue;
                ReadOnlySpan<char> piece = text.AsSpan(cuts[i]..cuts[j]).Trim(' ');
                foreach ((MessageTemplate template, string[] captured) in translations.Matches(piece, MostCandidates))
                {
                    if (ScoreOf(template, captured, depth) is not { } own || best[i].Score + own <= best[j].Score) continue;
                    best[j] = new Piece(i, template, captured, best[i].Score + own);
                }
            }
        }

        return _known[text] = Put(text, cuts, best, depth);
    }

    private Result Put(string text, int[] cuts, Piece[] best, int depth)
    {
        List<(int From, int To, Piece Piece)> pieces = [];
        for (int j = cuts.Length - 1; j > 0; j = best[j].From) pieces.Insert(0, (cuts[best[j].From], cuts[j], best[j]));
        string result = "";
        bool isComplete = true;
        for (int i = 0; i < pieces.Count; i++)
        {
            string source = text[pieces[i].From..pieces[i].To].Trim(' ');
            if (pieces[i].Piece.Template is { } template)
            {
                result = ChineseText.Join(result, Fill(template, pieces[i].Piece.Captured, depth));
            }
            else if (source.EndsWith(':') && i + 1 < pieces.Count && pieces[i + 1].Piece.Template is not null)
            {
                result = ChineseText.Join(result, Place(source[..^1]) + "：");
            }
            else
            {
                isComplete = false;
                result = ChineseText.Join(result, source);
            }
        }

        int score = best[^1].Score;
        return new Result(score > 0 ? result : text, isComplete, score);
    }

    private string Fill(MessageTemplate template, string[] captured, int depth)
    {
        var text = new StringBuilder(template.TranslatedLiterals[0]);
        for (int i = 0; i < template.TranslatedHoles.Length; i++)
        {
            int hole = template.TranslatedHoles[i];
            string value = captured[hole];
            if (!template.IsVerbatim[hole])
            {
                Result inside = InHole(value, template.LiteralAfter(hole), depth);
                value = inside.IsChanged || template.IsBracketed[hole] ? inside.Text : ChineseText.List(inside.Text, IsNames);
            }

            ChineseText.Append(text, value);
            ChineseText.Append(text, template.TranslatedLiterals[i + 1]);
        }

        return text.ToString();
    }

    /// <summary>A sentence may have lost its full stop to the template that it stands in.</summary>
    private Result InHole(string value, string after, int depth)
    {
        string trimmed = value.Trim(' ');
        Result result = Translate(trimmed, depth + 1);
        if (!result.IsComplete && after.StartsWith('.'))
        {
            Result whole = Translate(trimmed + ".", depth + 1);
            if (whole.IsComplete) return whole with { Text = whole.Text.TrimEnd('。') };
        }

        if (!result.IsChanged && trimmed.Length > 1 && char.IsAsciiLetterUpper(trimmed[0]) && char.IsAsciiLetterLower(trimmed[1]))
            result = Translate(char.ToLowerInvariant(trimmed[0]) + trimmed[1..], depth + 1); // a phrase at the begin of a sentence
        return result.IsChanged ? result : result with { Text = value };
    }

    /// <returns>Letters that are recognised, in the template and in its holes; null if the template is too weak for what stands in them.</returns>
    private int? ScoreOf(MessageTemplate template, string[] captured, int depth)
    {
        int score = template.Weight + 1;
        for (int i = 0; i < captured.Length; i++)
        {
            string value = captured[i].Trim(' ');
            if (template.IsVerbatim[i] || value.Length == 0) continue;
            if (!template.MaySpeak[i] && !IsQuoted(value) && (value[^1] == '.' || value.Contains(". "))) return null;
            Result inside = InHole(value, template.LiteralAfter(i), depth);
            score += Math.Max(0, inside.Score - 2); // side by side rather than one within the other
            if (template.Weight < SureWeight && !IsNames(value) && !inside.IsComplete) return null;
        }

        return score;
    }

    private static bool IsQuoted(string value) => value[0] == value[^1] && value[0] is '\'' or '`' or '"';

    /// <summary>One word, one quoted text, or a list of words.</summary>
    private static bool IsNames(string value)
    {
        if (IsQuoted(value)) return true;
        string[] words = value.Split(' ');
        return !words.SkipLast(1).Where((word, i) => word.Length == 0 || word[^1] is not (',' or ';') && word is not ("and" or "or") && words[i + 1] is not ("and" or "or")).Any();
    }

    /// <summary>Begin, end, and where a blank follows a full stop, a question mark or a colon.</summary>
    private static int[] Cuts(string text)
    {
        List<int> cuts = [0];
        for (int i = 1; i < text.Length && cuts.Count < MaxCuts; i++)
            if (text[i] == ' ' && text[i - 1] is '.' or '?' or '!' or ':') cuts.Add(i);
        if (cuts[^1] != text.Length) cuts.Add(text.Length);
        return [.. cuts];
    }
}
