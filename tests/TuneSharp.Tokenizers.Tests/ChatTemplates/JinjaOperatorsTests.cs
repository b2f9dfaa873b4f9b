namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>Operators, indices, slices and attributes. What is expected was computed with Jinja 3.1.6 under Python 3.11.</summary>
public sealed class JinjaOperatorsTests
{
    public static TheoryData<string, string> Cases() => new()
    {
        {
            "{{ 1 + 2 * 3 - 4 / 2 }} {{ (1 + 2) * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }} {{ 6 / 3 }}",
            "5.0 9 3 -4 1 2 -2 3.0 0.5 2.0"
        },
        {
            "{{ 2 ** 10 }} {{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ 2 ** -1 }} {{ 2 ** 0.5 }} {{ 10 ** 30 }}",
            "1024 64 4 0.5 1.4142135623730951 1000000000000000000000000000000"
        },
        {
            "{{ 'a' + 'b' }} {{ 'ab' * 3 }} {{ 3 * 'ab' }} {{ 'x' * 0 }}| {{ 'x' * -1 }}| {{ [1] + [2] }} {{ [0] * 3 }} {{ (1,) + (2, 3) }}",
            "ab ababab ababab | | [1, 2] [0, 0, 0] (1, 2, 3)"
        },
        {
            "{{ 'a' ~ 1 ~ 2.5 ~ none ~ [1] ~ missing ~ true }} {{ 1 ~ 2 * 3 }}",
            "a12.5None[1]True 16"
        },
        {
            "{{ 1 < 2 <= 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' == 'a' != 'b' }} {{ 'Z' < 'a' }} {{ [1, 2] < [1, 3] }} {{ (1, 2) == (1, 2) }} {{ [1] == (1,) }}",
            "True False True True True True True True False"
        },
        {
            "{{ 'ell' in 'Hello' }} {{ 2 in nums }} {{ 9 not in nums }} {{ 'title' in card }} {{ 1959 in card }} {{ missing in nums }} {{ 3 in range(5) }} {{ 'x' in missing }}",
            "True True True True False False True False"
        },
        {
            "{{ 1 and 2 }} {{ 0 and 2 }} {{ '' or 'd' }} {{ none or 0 or [] }} {{ not 0 }} {{ not not 'x' }} {{ not 1 == 2 }} {{ 1 or missing.boom }}",
            "2 0 d [] True True True 1"
        },
        {
            "{{ 'y' if n else 'z' }} {{ 'y' if empty }}| {{ 'a' if n > 9 else 'b' if n > 5 else 'c' }} {{ (1 if yes) is defined }}",
            "y | b True"
        },
        {
            "{{ -n }} {{ +half }} {{ - -3 }} {{ -true }} {{ true + true }} {{ 3 - true }}",
            "-7 2.5 3 -1 2 2"
        },
        {
            "{{ nums[0] }} {{ nums[-1] }} {{ nums[9] }}| {{ nums[1:3] }} {{ nums[::-1] }} {{ nums[:-1] }} {{ nums[5:] }} {{ nums[::2] }} {{ nums[-2:] }} {{ nums[3:0:-1] }} {{ nums[-100:100] }}",
            "3 3 | [1, 2] [3, 2, 1, 3] [3, 1, 2] [] [3, 2] [2, 3] [3, 2, 1] [3, 1, 2, 3]"
        },
        {
            "{{ zh[0] }} {{ zh[-1] }} {{ zh[1:3] }} {{ zh[::-1] }} {{ zh | length }} {{ zh[4:] }} {{ text[4:9] }} {{ text[::5] }}",
            "你 😀 好， 😀界世，好你 6 界😀 quick Tub "
        },
        {
            "{{ (1, 2, 3)[1:] }} {{ range(10)[2:8:3] }} {{ range(10)[-1] }} {{ range(5)[::-1] }}",
            "(2, 3) range(2, 8, 3) 9 range(4, -1, -1)"
        },
        {
            "{{ card.title }} {{ card['year'] }} {{ card.tags[1] }} {{ card.tags.0 }} {{ card.missing }}| {{ card['missing'] }}| {{ card.Side }} {{ card.Side.deeper }}|",
            "Blue Note 1959 modal jazz | | None |"
        },
        {
            "{{ {'items': 5}.items is callable }} {{ {'items': 5}['items'] }} {{ {'get': 1}.get('get') }}",
            "True 5 1"
        },
        {
            "{{ 2.0 ** 3 }} {{ 1 // 0.3 }} {{ 10 % 3.5 }} {{ 1e308 * 10 }} {{ 5 // -2.0 }}",
            "8.0 3.0 3.0 inf -3.0"
        },
        {
            "{{ [1, 2] in [[1, 2]] }} {{ {'a': [1]} == {'a': [1.0]} }} {{ none == false }} {{ missing == missing }} {{ [] == {} }}",
            "True True False True False"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Renders_as_Jinja_does(string template, string expected) => Jinja.Render(template).ShouldBe(expected);
}
