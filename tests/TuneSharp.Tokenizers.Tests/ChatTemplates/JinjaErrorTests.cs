using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>What a template cannot do: the line, the kind and the words of the message.</summary>
public sealed class JinjaErrorTests
{
    [Theory]
    [InlineData("a\n{% if x %}", 2, "endif")]
    [InlineData("{% for x in y %}\n\n{{ x }}", 3, "endfor")]
    [InlineData("{% for x in y %}{% if x %}{% endfor %}", 1, "endif")]
    [InlineData("{% endif %}", 1, "endif")]
    [InlineData("\n\n{% while true %}", 3, "while")]
    [InlineData("{{ x", 1, "'}}'")]
    [InlineData("{{ 1 +* 2 }}", 1, "'*'")]
    [InlineData("{{ 1 2 }}", 1, "'}}'")]
    [InlineData("{{ (1 }}", 1, "'}' is in the place of ')'")]
    [InlineData("{{ a) }}", 1, "')'")]
    [InlineData("{{ }}", 1, "an expression")]
    [InlineData("{% for %}{% endfor %}", 1, "name of a variable")]
    [InlineData("{% for 1 in x %}{% endfor %}", 1, "name of a variable")]
    [InlineData("{% set none = 1 %}", 1, "none")]
    [InlineData("{% set a.b.c = 1 %}", 1, "'%}'")]
    [InlineData("{{ 'open }}", 1, "'")]
    [InlineData("{{ 'a' | nope }}", 1, "nope")]
    [InlineData("{{ 'a' is nope }}", 1, "nope")]
    [InlineData("{{ x is defined is string }}", 1, "chained")]
    [InlineData("{{ f(a=1, 2) }}", 1, "order")]
    [InlineData("{{ f(**a, *b) }}", 1, "order")]
    [InlineData("a\n{# open", 2, "#}")]
    [InlineData("{% raw %}\n{{", 1, "endraw")]
    [InlineData("{{ a § b }}", 1, "§")]
    [InlineData("{{ '\\x4' }}", 1, "\\x")]
    [InlineData("{{ '\\N{DASH}' }}", 1, "\\N")]
    [InlineData("{% include 'x' %}", 1, "include")]
    [InlineData("{% import 'x' as y %}", 1, "import")]
    [InlineData("{% from 'x' import y %}", 1, "from")]
    [InlineData("{% extends 'x' %}", 1, "extends")]
    [InlineData("{% do 1 %}", 1, "do")]
    [InlineData("{% break %}", 1, "outside of a loop")]
    [InlineData("{% for x in y %}{% macro m() %}{% continue %}{% endmacro %}{% endfor %}", 1, "outside of a loop")]
    [InlineData("{% macro m(a=1, b) %}{% endmacro %}", 1, "'b'")]
    [InlineData("{% macro m(a, a) %}{% endmacro %}", 1, "twice")]
    [InlineData("{% macro m(caller) %}{{ caller() }}{% endmacro %}", 1, "caller")]
    [InlineData("{% call 5 %}{% endcall %}", 1, "call")]
    [InlineData("{% block a %}{% endblock %}\n{% block a %}{% endblock %}", 2, "twice")]
    [InlineData("{{ a b }}", 1, "'b'")]
    [InlineData("{% 5 %}", 1, "name of a tag")]
    public void A_malformed_template_names_line_and_fault(string template, int line, string word)
    {
        ChatTemplateException e = Should.Throw<ChatTemplateException>(() => ChatTemplate.Parse(template, "t.jinja"));
        e.Fault.ShouldBe(ChatTemplateFault.Syntax);
        e.Line.ShouldBe(line);
        e.Message.ShouldContain(word);
        e.Message.ShouldStartWith($"t.jinja, line {line}: ");
        e.Message.ShouldEndWith(".");
    }

    [Theory]
    [InlineData("{{ missing.x }}", "'missing' is undefined")]
    [InlineData("{{ missing() }}", "'missing' is undefined")]
    [InlineData("{{ missing[0] }}", "'missing' is undefined")]
    [InlineData("{{ missing + 1 }}", "'missing' is undefined")]
    [InlineData("{{ 1 + missing }}", "'missing' is undefined")]
    [InlineData("{{ missing < 1 }}", "'missing' is undefined")]
    [InlineData("{{ -missing }}", "'missing' is undefined")]
    [InlineData("{{ missing | int }}", "'missing' is undefined")]
    [InlineData("{{ missing.x is defined }}", "'missing' is undefined")]
    [InlineData("{{ card.nope.deeper }}", "nope")]
    [InlineData("{{ card.nope() }}", "nope")]
    [InlineData("{{ 'abc'.nope() }}", "nope")]
    [InlineData("{{ nothing() }}", "not callable")]
    [InlineData("{{ 5() }}", "not callable")]
    [InlineData("{{ 'a' + 1 }}", "int")]
    [InlineData("{{ 1 + 'a' }}", "unsupported")]
    [InlineData("{{ [1] + (2,) }}", "unsupported")]
    [InlineData("{{ 1 / 0 }}", "division by zero")]
    [InlineData("{{ 1.5 % 0 }}", "zero")]
    [InlineData("{{ 0 ** -1 }}", "negative power")]
    [InlineData("{{ 1 < 'a' }}", "not supported")]
    [InlineData("{{ [3, 'a'] | sort }}", "not supported")]
    [InlineData("{{ 1 in 5 }}", "not iterable")]
    [InlineData("{{ 1 in 'a' }}", "string")]
    [InlineData("{% for x in 5 %}{% endfor %}", "not iterable")]
    [InlineData("{% for a, b in [1] %}{% endfor %}", "not iterable")]
    [InlineData("{% for a, b in [[1, 2, 3]] %}{% endfor %}", "3 values")]
    [InlineData("{% set a, b = [1] %}", "1 values")]
    [InlineData("{% set card.x = 1 %}", "not a namespace")]
    [InlineData("{% set ns = namespace() %}{% set ns._x = 1 %}", "_x")]
    [InlineData("{{ namespace(_x=1) }}", "_x")]
    [InlineData("{{ nums | items | list }}", "mapping")]
    [InlineData("{{ missing | tojson }}", "not JSON serializable")]
    [InlineData("{{ range(3) | tojson }}", "not JSON serializable")]
    [InlineData("{{ {(1, 2): 3} | tojson }}", "keys must be")]
    [InlineData("{{ {[1]: 2} }}", "unhashable")]
    [InlineData("{{ nums[::0] }}", "zero")]
    [InlineData("{{ n[1:] }}", "not subscriptable")]
    [InlineData("{{ 'abc'.index('z') }}", "not found")]
    [InlineData("{{ 'abc'.split('') }}", "empty separator")]
    [InlineData("{{ ','.join([1]) }}", "expected str")]
    [InlineData("{{ '%d' % 'a' }}", "number")]
    [InlineData("{{ '%s %s' % (1,) }}", "not enough")]
    [InlineData("{{ '%s' % (1, 2) }}", "not all")]
    [InlineData("{{ '{}{}'.format(1) }}", "out of range")]
    [InlineData("{{ '{x}'.format(1) }}", "'x'")]
    [InlineData("{{ '{'.format(1) }}", "'{'")]
    [InlineData("{{ '{:d}'.format('a') }}", "format code")]
    [InlineData("{{ '{:q}'.format(1) }}", "format code")]
    [InlineData("{{ range(1, 2, 0) }}", "zero")]
    [InlineData("{{ cycler() }}", "at least one")]
    [InlineData("{{ nums | map }}", "<generator")]
    [InlineData("{{ nums | map | list }}", "name of a filter")]
    [InlineData("{{ nums | map('nope') | list }}", "nope")]
    [InlineData("{{ nums | select('nope') | list }}", "nope")]
    [InlineData("{{ nums | round }}", "number")]
    [InlineData("{{ 1.5 | round(1, 'up') }}", "method")]
    [InlineData("{{ nums | map('abs') | length }}", "len()")]
    [InlineData("{{ 'a' | replace('b') }}", "new")]
    [InlineData("{{ 'a' | upper(1) }}", "at most 0")]
    [InlineData("{{ 'a' | replace('b', 'c', nope=1) }}", "nope")]
    [InlineData("{{ 'a' | truncate(2) }}", "at least 3")]
    [InlineData("{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}", "not more than 1")]
    [InlineData("{% macro f(a) %}{% endmacro %}{{ f(b=2) }}", "'b'")]
    [InlineData("{% macro f() %}{% endmacro %}{% call f() %}{% endcall %}", "caller")]
    [InlineData("{% for x in nums %}{{ loop([1]) }}{% endfor %}", "recursive")]
    [InlineData("{{ lipsum() }}", "lipsum")]
    [InlineData("{{ dict(1) }}", "not iterable")]
    [InlineData("{% filter length %}x{% endfilter %}", "text")]
    public void A_failing_evaluation_says_what_failed(string template, string word)
    {
        if (word == "<generator")
        {
            Jinja.Render(template).ShouldContain(word);
            return;
        }
        ChatTemplateException e = Jinja.Refuse("\n" + template);
        e.Fault.ShouldBe(ChatTemplateFault.Evaluation);
        e.Line.ShouldBe(2);
        e.Message.ShouldContain(word);
    }

    [Fact]
    public void Raise_exception_carries_the_templates_own_words()
    {
        ChatTemplateException e = Jinja.Refuse("\n{{ raise_exception('Only ' ~ n ~ ' roles!') }}");
        e.Fault.ShouldBe(ChatTemplateFault.Raised);
        e.Problem.ShouldBe("Only 7 roles!");
        e.Message.ShouldBe("Only 7 roles!");
    }

    [Theory]
    [InlineData("{% if false %}{{ 1 | nope }}{% endif %}x", "x")]
    [InlineData("{{ (1 | nope) if false else 'x' }}", "x")]
    [InlineData("{{ 'x' if true else 1 is nope }}", "x")]
    public void Unknown_filters_in_a_branch_fail_only_when_it_runs(string template, string expected) => Jinja.Render(template).ShouldBe(expected);

    [Fact]
    public void Unknown_filter_in_a_branch_that_runs_is_refused() => Jinja.Refuse("{% if true %}{{ 1 | nope }}{% endif %}").Message.ShouldContain("nope");
}
