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

    private readonly Dictionary<string, Result> _known = [];

    /// <summary>Comparisons that are still allowed: a hostile text costs milliseconds, not seconds.</summary>
    private int _budget = 20_000;

    private readonly record struct Result(string Text, bool IsComplete, bool IsChanged);

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
        if (text.Length is 0 or > MaxLength || depth >= MaxDepth) return new Result(text, IsComplete: text.Length == 0, IsChanged: false);
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
                if (translations.Find(piece, (template, captured) => Holds(template, captured, depth)) is not { } found) continue;
                int score = best[i].Score + found.Template.Weight + 1;
                if (score > best[j].Score) best[j] = new Piece(i, found.Template, found.Captured, score);
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

        return pieces.Exists(piece => piece.Piece.Template is not null) ? new Result(result, isComplete, IsChanged: true) : new Result(text, IsComplete: false, IsChanged: false);
    }

    private string Fill(MessageTemplate template, string[] captured, int depth)
    {
        var text = new StringBuilder(template.TranslatedLiterals[0]);
        for (int i = 0; i < template.TranslatedHoles.Length; i++)
        {
            int hole = template.TranslatedHoles[i];
            string value = captured[hole];
            if (!template.IsVerbatim[hole]) value = InHole(value, template.LiteralAfter(hole), depth).Text;
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

        return result.IsChanged ? result : new Result(value, result.IsComplete, IsChanged: false);
    }

    private bool Holds(MessageTemplate template, string[] captured, int depth)
    {
        if (template.Weight >= SureWeight) return true;
        for (int i = 0; i < captured.Length; i++)
        {
            string value = captured[i].Trim(' ');
            if (template.IsVerbatim[i] || !value.Contains(' ') || value[0] == value[^1] && value[0] is '\'' or '`' or '"') continue;
            if (!InHole(value, template.LiteralAfter(i), depth).IsComplete) return false;
        }

        return true;
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
