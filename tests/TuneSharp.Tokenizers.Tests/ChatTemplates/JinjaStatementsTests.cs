namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>Statements, scopes, macros and global functions. What is expected was computed with Jinja 3.1.6 under Python 3.11.</summary>
public sealed class JinjaStatementsTests
{
    public static TheoryData<string, string> Cases() => new()
    {
        {
            "{% if n > 5 %}big{% elif n > 2 %}mid{% else %}small{% endif %}{% if empty %}x{% endif %}.",
            "big."
        },
        {
            "{% for p in people %}{{ loop.index }}/{{ loop.length }}{{ p.name }}{{ ',' if not loop.last }}{% endfor %}",
            "1/3Bo,2/3An,3/3Cy"
        },
        {
            "{% for p in people %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.depth }}{{ loop.depth0 }} {% endfor %}",
            "032TrueFalse10 121FalseFalse10 210FalseTrue10 "
        },
        {
            "{% for x in nums %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {% endfor %}",
            "<3>1 3<1>2 1<2>3 2<3> "
        },
        {
            "{% for x in [] %}x{% else %}none{% endfor %}{% for x in [1] %}x{% else %}none{% endfor %}",
            "nonex"
        },
        {
            "{% for x in nums if x > 1 %}{{ loop.index }}{{ x }}{% endfor %}{% for x in nums if x > 9 %}x{% else %}none{% endfor %}",
            "132233none"
        },
        {
            "{% for k, v in card.items() %}{{ k }}={{ v }};{% endfor %}{% for k in card %}{{ k }}{% endfor %}{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
            "title=Blue Note;year=1959;tags=['jazz', 'modal'];Side=None;titleyeartagsSide123"
        },
        {
            "{% for x in nums %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% if x == 2 %}{% break %}{% endif %}{% endfor %}",
            "32"
        },
        {
            "{% for x in 'ab' %}{% for y in 'cd' %}{% if y == 'd' %}{% break %}{% endif %}{{ x }}{{ y }}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}",
            "ac11bc12"
        },
        {
            "{% for x in [1, [2, [3]]] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}@{{ loop.depth }}{% endif %}{% endfor %}",
            "1@1(2@2(3@3))"
        },
        {
            "{% for x in 'aabbc' %}{{ loop.cycle('o', 'e') }}{% if loop.changed(x) %}{{ x }}{% endif %}{% endfor %}",
            "oaeobeoc"
        },
        {
            "{% set x = 1 %}{% for i in [1, 2] %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}",
            "231"
        },
        {
            "{% set ns = namespace(sum=0, seen=[]) %}{% for x in nums %}{% set ns.sum = ns.sum + x %}{% set ns.seen = ns.seen + [x] %}{% endfor %}{{ ns.sum }} {{ ns.seen }}",
            "9 [3, 1, 2, 3]"
        },
        {
            "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set (c, d) = (3, 4) %}{{ c }}{{ d }}{% set t = 1, %}{{ t }}",
            "1234(1,)"
        },
        {
            "{% if true %}{% set inside = 'kept' %}{% endif %}{{ inside }}",
            "kept"
        },
        {
            "{% set block %}<{{ n }}>{% endset %}{{ block }}{% set up | upper | replace('A', 'o') %}abc{% endset %}{{ up }}",
            "<7>oBC"
        },
        {
            "{% with a = 1, b = n %}{{ a + b }}{% set a = 5 %}{{ a }}{% endwith %}{{ a is defined }}",
            "85False"
        },
        {
            "{% macro f(a, b='B', c=a ~ '!') %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ f(1) }}{{ f(1, 2, 3) }}{{ f(b=2, a=1) }}{{ f(*[1, 2]) }}{{ f(**{'a': 9, 'c': 0}) }}{{ f() }}",
            "[1B1!][123][121!][121!][9B0][B!]"
        },
        {
            "{% macro v() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ v(1, 2, x=3) }}{{ v() }}{{ v.name }}{{ v.arguments }}{{ v.catch_varargs }}",
            "(1, 2){'x': 3}(){}v()True"
        },
        {
            "{% macro fact(n) %}{{ 1 if n < 2 else n * (fact(n - 1) | int) }}{% endmacro %}{{ fact(5) }}",
            "120"
        },
        {
            "{% macro outer() %}{% macro inner() %}in{% endmacro %}{{ inner() }}{{ late }}{% endmacro %}{% set late = 'L' %}{{ outer() }}{{ inner is defined }}",
            "inLFalse"
        },
        {
            "{% macro wrap(tag) %}<{{ tag }}>{{ caller() }}</{{ tag }}>{% endmacro %}{% call wrap('b') %}bold {{ n }}{% endcall %}",
            "<b>bold 7</b>"
        },
        {
            "{% macro each(xs) %}{% for x in xs %}{{ caller(x, loop.index) }}{% endfor %}{% endmacro %}{% call(x, i) each(nums) %}{{ i }}:{{ x }} {% endcall %}",
            "1:3 2:1 3:2 4:3 "
        },
        {
            "{% macro maybe() %}{{ caller() if caller else 'no caller' }}{% endmacro %}{{ maybe() }}{% call maybe() %}yes{% endcall %}",
            "no calleryes"
        },
        {
            "{% filter upper %}shout {{ name }}{% endfilter %}{% filter replace('a', 'o') | title %}banana split{% endfilter %}",
            "SHOUT ADABonono Split"
        },
        {
            "{% raw %}{{ not }} {% evaluated %} {# here #}{% endraw %}",
            "{{ not }} {% evaluated %} {# here #}"
        },
        {
            "a{# comment {{ with }} {% tags %} #}b",
            "ab"
        },
        {
            "{% generation %}answer {{ n }}{% endgeneration %}",
            "answer 7"
        },
        {
            "{% block head %}H{{ n }}{% endblock %}{{ self.head() }}{{ self.nope }}",
            "H7H7"
        },
        {
            "{% print n, name %}{% print 'x' %}",
            "7Adax"
        },
        {
            "{% autoescape true %}{{ markup }}{{ markup | safe }}{{ '<' ~ '>' }}{% endautoescape %}{{ '<' }}",
            "&lt;a href=&#39;x&#39;&gt;1 &amp; 2&lt;/a&gt;<a href='x'>1 & 2</a>&lt;&gt;<"
        },
        {
            "{% set c = cycler('odd', 'even') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.current }}",
            "oddevenoddevenNoneodd"
        },
        {
            "{% set j = joiner(' | ') %}{% for x in nums %}{{ j() }}{{ x }}{% endfor %}",
            "3 | 1 | 2 | 3"
        },
        {
            "{{ range(4) | list }}{{ range(2, 8, 3) | list }}{{ range(3, 0, -1) | list }}{{ range(3) }}{{ range(0, 9, 2) }}{{ range(5, 5) | list }}",
            "[0, 1, 2, 3][2, 5][3, 2, 1]range(0, 3)range(0, 9, 2)[]"
        },
        {
            "{{ dict(a=1, b=[2]) }}{{ dict([('x', 1), ['y', 2]]) }}{{ dict({'a': 1}, a=2) }}{{ dict() }}",
            "{'a': 1, 'b': [2]}{'x': 1, 'y': 2}{'a': 2}{}"
        },
        {
            "{{ strftime_now('%Y-%m-%d %H:%M:%S') }} {{ strftime_now('%d %b %Y, %A %j %U %y %I %p %-d %-m %e %%') }} {{ strftime_now('%B %a %w %u %D %T %F %R %V %G') }}",
            "2025-03-14 09:26:53 14 Mar 2025, Friday 073 10 25 09 AM 14 3 14 % March Fri 5 5 03/14/25 09:26:53 2025-03-14 09:26 11 2025"
        },
        {
            "{% if x is not defined %}{% set x = 'late' %}{% endif %}{{ x }}",
            "late"
        },
        {
            "{% for x in nums: %}{{ x }}{% endfor %}{% if true: %}t{% endif %}",
            "3123t"
        },
        {
            "{% set f = namespace(a=1) %}{{ f }}{% set f.b = [f.a] %}{{ f.b }}{{ f.missing }}|",
            "<Namespace {'a': 1}>[1]|"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Renders_as_Jinja_does(string template, string expected) => Jinja.Render(template).ShouldBe(expected);
}
