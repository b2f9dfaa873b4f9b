using System.Text.RegularExpressions;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>The <c>urlize</c> filter: web and mail addresses become links. Linear in the text.</summary>
internal sealed class LinkWriter(int? trimLimit, string relations, string? target, IReadOnlyList<string> extraSchemes, RenderContext context)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    private static readonly Regex s_web = new(
        @"^((https?://|www\.)(([\w%-]+\.)+)?([a-z]{2,63}|xn--[\w%]{2,59})|([\w%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil)"
        + @"|(https?://)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}\])))(?::[\d]{1,5})?(?:[/?#]\S*)?$",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, s_timeout);

    private static readonly Regex s_mail = new(@"^\S+@\w[\w.-]*\.\w+$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, s_timeout);

    private static readonly string[] s_openers = ["(", "<", "&lt;"];
    private static readonly string[] s_closers = [")", ">", ".", ",", "\n", "&gt;"];
    private static readonly (string Open, string Close)[] s_pairs = [("(", ")"), ("<", ">"), ("&lt;", "&gt;")];

    public string Write(string text)
    {
        string escaped = HtmlText.Escaped(TextValue.Of(text), context);
        var output = new TextOutput(context.Budget);
        for (int i = 0; i < escaped.Length;)
        {
            int start = i;
            while (i < escaped.Length && CharacterClasses.IsSpace(escaped[i])) i++;
            output.Write(escaped.AsSpan(start, i - start));
            start = i;
            while (i < escaped.Length && !CharacterClasses.IsSpace(escaped[i])) i++;
            WriteWord(escaped[start..i], output);
        }
        return output.ToString();
    }

    private void WriteWord(string word, TextOutput output)
    {
        context.Budget.Work(word.Length);
        int head = 0, tail = word.Length;
        while (Array.Find(s_openers, opener => word.AsSpan(head).StartsWith(opener)) is string found) head += found.Length;
        while (Array.Find(s_closers, closer => word.AsSpan(head, tail - head).EndsWith(closer)) is string found) tail -= found.Length;
        foreach ((string open, string close) in s_pairs)
            for (int missing = Count(word[head..tail], open) - Count(word[head..tail], close); missing > 0; missing--)
            {
                int end = word.IndexOf(close, tail, StringComparison.Ordinal);
                if (end < 0) break;
                tail = end + close.Length;
            }
        output.Write(word.AsSpan(0, head));
        output.Write(Linked(word[head..tail]));
        output.Write(word.AsSpan(tail));
    }

    private string Linked(string word)
    {
        if (s_web.IsMatch(word))
        {
            bool hasScheme = word.StartsWith("https://", StringComparison.Ordinal) || word.StartsWith("http://", StringComparison.Ordinal);
            return Link(hasScheme ? word : "https://" + word, Trimmed(word), isWeb: true);
        }
        if (word.StartsWith("mailto:", StringComparison.Ordinal) && s_mail.IsMatch(word[7..])) return Link(word, word[7..], isWeb: false);
        bool mayBeMail = word.Contains('@') && !word.StartsWith("www.", StringComparison.Ordinal) && !word.StartsWith('@') && !word.Contains(':');
        if (mayBeMail && s_mail.IsMatch(word)) return Link("mailto:" + word, word, isWeb: false);
        return extraSchemes.Any(scheme => word != scheme && word.StartsWith(scheme, StringComparison.Ordinal)) ? Link(word, word, isWeb: true) : word;
    }

    private string Link(string address, string shown, bool isWeb)
    {
        string relation = relations.Length > 0 ? $" rel=\"{HtmlText.Escaped(TextValue.Of(relations), context)}\"" : "";
        string window = target is null ? "" : $" target=\"{HtmlText.Escaped(TextValue.Of(target), context)}\"";
        return isWeb ? $"<a href=\"{address}\"{relation}{window}>{shown}</a>" : $"<a href=\"{address}\">{shown}</a>";
    }

    private string Trimmed(string word) => trimLimit is int limit && CodePoints.Count(word) > limit ? word[..CodePoints.ToUtf16(word, Math.Max(0, limit))] + "..." : word;

    private static int Count(string text, string part)
    {
        int count = 0;
        for (int i = text.IndexOf(part, StringComparison.Ordinal); i >= 0; i = text.IndexOf(part, i + part.Length, StringComparison.Ordinal)) count++;
        return count;
    }
}
