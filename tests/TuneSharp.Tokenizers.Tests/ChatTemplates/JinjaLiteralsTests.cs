namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>Literals and how values print. What is expected was computed with Jinja 3.1.6 under Python 3.11.</summary>
public sealed class JinjaLiteralsTests
{
    public static TheoryData<string, string> Cases() => new()
    {
        {
            "{{ 42 }} {{ 0x1F }} {{ 0o17 }} {{ 0b101 }} {{ 1_000_000 }} {{ 3.50 }} {{ 1e3 }} {{ 2.5e-7 }} {{ 1e16 }} {{ 123456789012345678901234567890 }}",
            "42 31 15 5 1000000 3.5 1000.0 2.5e-07 1e+16 123456789012345678901234567890"
        },
        {
            "{{ 'single' }} {{ \"double\" }} {{ 'con' 'cat' \"enated\" }} {{ 'tab\\tquote\\'back\\\\slash \\x41\\u00e9\\U0001F600 \\101 \\q' }}",
            "single double concatenated tab\tquote'back\\slash Aé😀 A \\q"
        },
        {
            "{{ true }} {{ True }} {{ false }} {{ none }} {{ None }}",
            "True True False None None"
        },
        {
            "{{ [] }} {{ [1, 'two', 3.0, none, true] }} {{ (1,) }} {{ () }} {{ (1, 2) }} {{ {} }} {{ {'a': 1, 2: [3], none: true} }}",
            "[] [1, 'two', 3.0, None, True] (1,) () (1, 2) {} {'a': 1, 2: [3], None: True}"
        },
        {
            "{{ ['it\\'s', 'say \"hi\"', 'both \\' and \"', 'new\\nline', '\\x07\\u200b\\u3000é😀'] }}",
            "[\"it's\", 'say \"hi\"', 'both \\' and \"', 'new\\nline', '\\x07\\u200b\\u3000é😀']"
        },
        {
            "{{ 0.1 + 0.2 }} {{ 1e22 }} {{ 1e-5 }} {{ 0.0001 }} {{ 100000000000000000.0 }} {{ -0.0 }} {{ 5e-324 }} {{ 1.7976931348623157e308 }}",
            "0.30000000000000004 1e+22 1e-05 0.0001 1e+17 -0.0 5e-324 1.7976931348623157e+308"
        },
        {
            "{{ {'a': 1, 'b': 2, 'a': 3} }} {{ {1: 'int', 1.0: 'float', true: 'bool'} }}",
            "{'a': 3, 'b': 2} {1: 'bool'}"
        },
        {
            "{{ [1,] }} {{ {'k': 'v',} }} {{ [\n  1,\n  2\n] }}",
            "[1] {'k': 'v'} [1, 2]"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Renders_as_Jinja_does(string template, string expected) => Jinja.Render(template).ShouldBe(expected);
}
