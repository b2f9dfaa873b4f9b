using TuneSharp.Formats;
using TuneSharp.Tokenizers.Splitting.Regexes;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Tests.Splitting;

public sealed class RegexTests
{
    [Theory]
    [InlineData("a+", "baaac", "1-4")]
    [InlineData("a|ab", "ab", "0-1")]
    [InlineData("(?:a|ab)$", "ab", "0-2")]
    [InlineData("a++a", "aaa", "")]
    [InlineData("(?>a+)a", "aaa", "")]
    [InlineData("a{1,2}", "aaa", "0-2 2-3")]
    [InlineData("(?:ab){2}", "ababab", "0-4")]
    [InlineData("a{,2}b", "aaab", "1-4")]
    [InlineData("a+?", "aaa", "0-1 1-2 2-3")]
    [InlineData("x*", "axb", "0-0 1-2 3-3")]
    [InlineData("^a", "a\na", "0-1 2-3")]
    [InlineData("a$", "a\na", "0-1 2-3")]
    [InlineData("a\\z", "a\na", "2-3")]
    [InlineData(".", "\n", "")]
    [InlineData("(?m:.)", "\n", "0-1")]
    [InlineData("(?i:s)", "sSſ", "0-1 1-2 2-3")]
    [InlineData("(?i)K", "k\u212A", "0-1 1-2")]
    [InlineData("[^a-c]", "abcd", "3-4")]
    [InlineData("[a-z&&[^aeiou]]+", "hello", "0-1 2-4")]
    [InlineData("[[:digit:]]+", "a12", "1-3")]
    [InlineData("[[:punct:]]", "a▁$", "1-2 2-3")]
    [InlineData("[[:lower:]]", "aªⅰ", "0-1 1-2 2-3")]
    [InlineData("\\w", "²½", "0-1 1-2")]
    [InlineData("[\\w]", "²½Ⓐ", "2-3")]
    [InlineData("\\N\\O", "a\n", "0-2")]
    [InlineData("x*", "", "")]
    [InlineData("\\p{Han}+", "a中文b", "1-3")]
    [InlineData("\\P{L}", "a1", "1-2")]
    [InlineData("\\p{^L}", "a1", "1-2")]
    [InlineData("\\h+", "xfFg", "1-3")]
    [InlineData("\\s+(?!\\S)", "a  b ", "1-2 4-5")]
    [InlineData("(?<=a)b", "bab", "2-3")]
    [InlineData("(?<!a)b", "bab", "0-1")]
    [InlineData("(?<=a|bc)d", "ad bcd", "1-2 5-6")]
    [InlineData("\\bfoo\\b", "foo foobar", "0-3")]
    [InlineData("[\\x{4e00}-\\u9fff]", "中a", "0-1")]
    [InlineData("\\R", "\r\n\n", "0-2 2-3")]
    [InlineData("(a*)*b", "aab", "0-3")]
    [InlineData("(?:a?)*?b", "aab", "0-3")]
    [InlineData("[]a]+", "a]", "0-2")]
    [InlineData("[a-]+", "a-b", "0-2")]
    [InlineData("(?x) a b # comment", "ab", "0-2")]
    [InlineData("\\p{N}", "1𝟙", "0-1 1-2")]
    [InlineData("{", "{", "0-1")]
    [InlineData("a(?#comment)b", "ab", "0-2")]
    [InlineData("(?:a{2}){2}?b", "aaaab", "0-5")]
    public void Matches_are_those_of_Oniguruma(string pattern, string text, string expected)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var matches = new List<TextSpan>();
        Regex.Parse(pattern, "test").FindMatches(bytes, matches, new TextBudget(bytes.Length));
        var positions = new TextPositions(bytes);
        string.Join(' ', matches.Select(m => $"{positions.CodePoint(m.Start)}-{positions.CodePoint(m.End)}")).ShouldBe(expected);
    }

    [Theory]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("a\\")]
    [InlineData("\\p{Nothing}")]
    [InlineData("(?<=a+)b")]
    [InlineData("(a)\\1")]
    [InlineData("[z-a]")]
    [InlineData("[a-\\d]")]
    [InlineData("a{2,1}")]
    [InlineData("(?:(?:a{1000}){1000}){1000}")]
    [InlineData("\\x{110000}")]
    public void What_cannot_be_run_is_refused_with_the_pattern(string pattern) =>
        Should.Throw<InvalidInputException>(() => Regex.Parse(pattern, "tokenizer.json.pre_tokenizer")).Message.ShouldStartWith("tokenizer.json.pre_tokenizer: The regular expression");

    [Fact]
    public void Deep_nesting_is_refused_without_a_stack_overflow()
    {
        Should.Throw<InvalidInputException>(() => Regex.Parse(new string('(', 9000) + new string(')', 9000), "test"));
        Should.Throw<InvalidInputException>(() => Regex.Parse(new string('[', 9000) + "a" + new string(']', 9000), "test"));
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("(?:a*)*b")]
    [InlineData("(?=(a+)+$)b")]
    public void A_runaway_pattern_ends_in_an_error(string pattern)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(new string('a', 60) + "!");
        Regex regex = Regex.Parse(pattern, "test");
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Should.Throw<InvalidInputException>(() => regex.FindMatches(text, [], new TextBudget(text.Length))).Message.ShouldContain("too much time");
        System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(60)); // well below a second alone; the machine may be shared
    }

    [Fact]
    public void On_BMP_text_without_folding_it_agrees_with_the_runtime()
    {
        string[] patterns = ["\\p{L}+", " ?[^\\s\\p{L}\\p{N}]+", "\\s+(?!\\S)|\\s+", "(?:ab|a)b?", "[a-f]+?\\d", "\\d*\\D", "(?<=b)a{1,3}", "[^a]*a"];
        var random = new Random(2);
        foreach (string pattern in patterns)
        {
            Regex regex = Regex.Parse(pattern, "test");
            var oracle = new System.Text.RegularExpressions.Regex(pattern, System.Text.RegularExpressions.RegexOptions.CultureInvariant);
            for (int i = 0; i < 300; i++)
            {
                string text = string.Concat(RandomText.Next(random).Where(c => !char.IsSurrogate(c) && c is not ('\u200B' or '\uE000' or 'Ⓐ') && c < '\u3000'));
                var matches = new List<TextSpan>();
                byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
                regex.FindMatches(bytes, matches, new TextBudget(bytes.Length));
                var positions = new TextPositions(bytes);
                string found = string.Join(' ', matches.Where(m => m.Length > 0).Select(m => $"{positions.CodePoint(m.Start)}-{positions.CodePoint(m.End)}"));
                string expected = string.Join(' ', oracle.Matches(text).Where(m => m.Length > 0).Select(m => $"{m.Index}-{m.Index + m.Length}"));
                found.ShouldBe(expected, $"{pattern} on {System.Text.Json.JsonSerializer.Serialize(text)}");
            }
        }
    }
}
