namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>Every test. What is expected was computed with Jinja 3.1.6 under Python 3.11.</summary>
public sealed class JinjaTestsTests
{
    public static TheoryData<string, string> Cases() => new()
    {
        {
            "{{ n is defined }} {{ missing is defined }} {{ missing is undefined }} {{ n is not undefined }} {{ card.nope is defined }} {{ nothing is none }} {{ nothing is not none }}",
            "True False True True False True False"
        },
        {
            "{{ 1 is integer }} {{ 1.0 is integer }} {{ true is integer }} {{ 1.0 is float }} {{ true is number }} {{ 'a' is number }} {{ true is boolean }} {{ 1 is true }} {{ true is true }} {{ false is false }}",
            "True False False True True False True False True True"
        },
        {
            "{{ 'a' is string }} {{ 1 is string }} {{ card is mapping }} {{ nums is mapping }} {{ nums is sequence }} {{ text is sequence }} {{ card is sequence }} {{ range(3) is sequence }} {{ 5 is iterable }} {{ text is iterable }} {{ nums | map('abs') is iterable }} {{ nums | map('abs') is sequence }}",
            "True False True False True True True True False True True False"
        },
        {
            "{{ 3 is odd }} {{ 3 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(2) }} {{ 'abc' is lower }} {{ 'ABC' is upper }} {{ 'aB' is lower }} {{ '12' is upper }}",
            "True False True False True True False False"
        },
        {
            "{{ 5 is eq 5 }} {{ 5 is ne 5 }} {{ 3 is lt 4 }} {{ 3 is gt(4) }} {{ 3 is ge(3) }} {{ 3 is le(2) }} {{ 'b' is in ['a', 'b'] }} {{ 5 is equalto 5.0 }} {{ 5 is greaterthan 4 }} {{ 5 is lessthan 4 }}",
            "True False True False True False True True True False"
        },
        {
            "{{ none is sameas none }} {{ true is sameas 1 }} {{ range is callable }} {{ n is callable }} {{ text.upper is callable }} {{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }} {{ '==' is test }} {{ ('<' | e) is escaped }} {{ '<' is escaped }}",
            "True False True False True True False True True True False"
        },
        {
            "{{ not n is odd }} {{ n is odd and n is not even }} {{ n is odd == true }} {{ [1, 2] is eq [1, 2] }} {{ {'a': 1} is eq {'a': 1} }}",
            "False True True True True"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Renders_as_Jinja_does(string template, string expected) => Jinja.Render(template).ShouldBe(expected);
}
