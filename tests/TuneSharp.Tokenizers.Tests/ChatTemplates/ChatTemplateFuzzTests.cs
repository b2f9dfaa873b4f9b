using System.Text;
using TuneSharp.Formats;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>Damaged templates: whatever the bytes, the only way to fail is an error for people, and soon.</summary>
public sealed class ChatTemplateFuzzTests
{
    private const int NumTemplates = 2000;

    private static readonly string[] s_pieces =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "{% raw %}", "{% endraw %}", "(", ")", "[", "]", "{", "}", "|", ".", ",", ":", "~", "**", "//", "=", "==", "not ", " in ", " is ",
        " if ", " else ", "'", "\"", "\\", "\n", "\r\n", "\0", "\u2028", "😀", "\uD800", "0x", "1e999", "9999999999999999999", "-1", "none", "loop", "self", "varargs", "caller()",
        "{% for x in messages %}", "{% endfor %}", "{% macro m(a) %}", "{% endmacro %}", "{% if x %}", "{% endif %}", "{% set ns = namespace(a=1) %}", "{% call m(1) %}", "{% endcall %}",
        "range(99999)", "'x' * 99999", "| list", "| tojson", "| join", "| map('upper')", "| sort", "| batch(3)", "[::-1]", "loop(x)", "m(m)", ".format(x)", "% x", "| indent(9999)", "__class__",
    ];

    [Fact]
    public void Mutated_templates_fail_only_with_errors_for_people_and_within_a_second()
    {
        string[] seeds = [.. JinjaStatementsTests.Cases().Concat(JinjaFiltersTests.Cases()).Concat(JinjaFormattingTests.Cases()).Concat(JinjaWhitespaceTests.Cases()).Select(row => row.Data.Item1)];
        var random = new Random(20250314);
        var limits = new ChatTemplateLimits { MaxSteps = 300_000, MaxTextLength = 300_000, MaxAllocatedBytes = 20_000_000 };
        int rendered = 0, refused = 0;
        TimeSpan longest = TimeSpan.Zero;
        for (int i = 0; i < NumTemplates; i++)
        {
            string template = Mutate(seeds, random);
            var taken = WorkTime.Start();
            try
            {
                Jinja.Render(template, limits);
                rendered++;
            }
            catch (InvalidInputException)
            {
                refused++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException("Template " + i + ": " + template, e);
            }
            if (taken.Elapsed > longest) longest = taken.Elapsed;
        }
        longest.ShouldBeLessThan(TimeSpan.FromSeconds(1));
        rendered.ShouldBeGreaterThan(NumTemplates / 20);
        refused.ShouldBeGreaterThan(NumTemplates / 20);
    }

    private static string Mutate(string[] seeds, Random random)
    {
        var text = new StringBuilder(seeds[random.Next(seeds.Length)]);
        for (int edits = random.Next(1, 6); edits > 0; edits--)
        {
            int at = random.Next(text.Length + 1);
            int length = Math.Min(random.Next(1, 12), text.Length - at);
            switch (random.Next(5))
            {
                case 0: text.Remove(at, length); break;
                case 1: text.Insert(at, s_pieces[random.Next(s_pieces.Length)]); break;
                case 2: text.Insert(at, text.ToString(at, length)); break;
                case 3 when length > 0: text[at] = (char)random.Next(32, 127); break;
                default:
                    string other = seeds[random.Next(seeds.Length)];
                    int from = random.Next(other.Length);
                    text.Insert(at, other.AsSpan(from, Math.Min(random.Next(1, 40), other.Length - from)));
                    break;
            }
        }
        return text.ToString();
    }
}
