namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>What tags do to the white space around them. What is expected was computed with Jinja 3.1.6 under Python 3.11.</summary>
public sealed class JinjaWhitespaceTests
{
    public static TheoryData<string, string> Cases() => new()
    {
        {
            "a\n{% if true %}\nb\n{% endif %}\nc",
            "a\nb\nc"
        },
        {
            "a\n  {% if true %}\n  b\n  {% endif %}\n  c",
            "a\n  b\n  c"
        },
        {
            "a {%- if true -%} b {%- endif -%} c",
            "abc"
        },
        {
            "a \n {{- 'x' -}} \n b",
            "axb"
        },
        {
            "a\n{%+ if true +%}\nb\n{%+ endif +%}\nc",
            "a\n\nb\n\nc"
        },
        {
            "  {% set x = 1 %}  \n  {{ x }}\n\n",
            "  \n  1\n"
        },
        {
            "{% for i in nums %}\n- {{ i }}\n{% endfor %}\nend",
            "- 3\n- 1\n- 2\n- 3\nend"
        },
        {
            "{%- for i in nums -%}\n  {{ i }}\n{%- endfor -%}\n\nend",
            "3123end"
        },
        {
            "a\n  {# note #}\nb{#- tight -#} c {#+ kept +#}\nd",
            "a\nbc \nd"
        },
        {
            "x\n\n\n",
            "x\n\n"
        },
        {
            "x\n",
            "x"
        },
        {
            "\n",
            ""
        },
        {
            "a\r\n{% if true %}\r\nb\rc\r\n{% endif %}\r\nd\r\n",
            "a\nb\nc\nd"
        },
        {
            "{{ 'a' }}\n{{ 'b\n' }}\n",
            "a\nb\n"
        },
        {
            "\t{% if true %}t{% endif %}\t\n",
            "t\t"
        },
        {
            "text {% if true %}\n  indented\n{% endif %}",
            "text   indented\n"
        },
        {
            "{% raw -%}  \n {{ x }}  \n  {%- endraw %} y",
            "{{ x }} y"
        },
        {
            "  {% raw %}  {% x %}\n  {% endraw %}\nz",
            "  {% x %}\nz"
        },
        {
            "{% if true -%}\n\n\n  far\n{%- else %}\nno\n{%- endif %}",
            "far"
        },
        {
            "{{ '{%' }} {{ '}}' }} {{ {'a': {'b': 1}}['a'] }} {{ {'x': {}} }}",
            "{% }} {'b': 1} {'x': {}}"
        },
        {
            "{%set a=1%}{{a}}{{-a-}}{{ -a }}",
            "11-1"
        },
        {
            "{%- set a = 1 -%}\n{%- set b = 2 -%}\n{{ a + b }}",
            "3"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Renders_as_Jinja_does(string template, string expected) => Jinja.Render(template).ShouldBe(expected);
}
