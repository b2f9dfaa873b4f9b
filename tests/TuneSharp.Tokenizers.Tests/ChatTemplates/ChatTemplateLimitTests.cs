using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>Templates that would take too long, too much memory or too much stack, and ways out of the sandbox.</summary>
public sealed class ChatTemplateLimitTests
{
    public static TheoryData<string> Greedy() =>
    [
        "{% for i in range(1000000000) %}x{% endfor %}",
        "{{ range(10 ** 30) }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% for k in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
        "{% macro f(n) %}{{ g(n) }}{% endmacro %}{% macro g(n) %}{{ f(n) }}{% endmacro %}{{ f(0) }}",
        "{% macro f() %}{{ caller() }}{% call f() %}{% endcall %}{% endmacro %}{% call f() %}{% endcall %}",
        "{% for x in [[[1]]] recursive %}{{ loop([x]) }}{% endfor %}",
        "{% block b %}{{ self.b() }}{% endblock %}",
        "{{ 'x' * 1000000000 }}",
        "{{ [0] * 1000000000 }}",
        "{{ 'x'.center(1000000000) }}",
        "{{ 'x'.zfill(1000000000) }}",
        "{{ 'x' | center(1000000000) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '%.1000000000d' % 1 }}",
        "{{ '%*d' % (1000000000, 1) }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ '{:>1000000000}'.format('x') }}",
        "{{ '{:01000000000,}'.format(1) }}",
        "{{ ('a' * 100000) | replace('a', 'b' * 1000) }}",
        "{{ ('a' * 100000) | replace('', 'b' * 1000) }}",
        "{{ ('a\n' * 100000) | indent(1000) }}",
        "{{ 'a\nb' | indent(1000000000) }}",
        "{{ [[1]] | tojson(indent=1000000000) }}",
        "{{ (['x' * 1000] * 100000) | tojson }}",
        "{{ (['x' * 1000] * 100000) | join }}",
        "{{ [1] | batch(1000000000, 0) | list }}",
        "{{ [1] | slice(1000000000) | list }}",
        "{{ '\t'.expandtabs(1000000000) }}",
        "{{ 9 ** (9 ** 9) }}",
        "{{ 2 ** 60000 * 2 ** 60000 }}",
        "{% set ns = namespace(i=2) %}{% for k in range(60) %}{% set ns.i = ns.i * ns.i %}{% endfor %}{{ ns.i }}",
        "{{ 10 ** 5000 }}",
        "{% set s = 'x' * 1000 %}{% for i in range(100000) %}{{ s }}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
        "{% set ns = namespace(l=[0]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[0]) %}{% for i in range(100000) %}{% set ns.l = {'k': ns.l} %}{% endfor %}{{ ns.l | tojson }}",
        "{% set ns = namespace(l=[0]) %}{% for i in range(150) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=(0,), m=(0,)) %}{% for i in range(150) %}{% set ns.l = (ns.l, ns.l) %}{% set ns.m = (ns.m, ns.m) %}{% endfor %}{{ ns.l == ns.m }}",
        "{% set ns = namespace(l=(0,)) %}{% for i in range(150) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ {ns.l: 1} }}",
        "{% set ns = namespace(l=(0,)) %}{% for i in range(150) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ [ns.l, ns.l] | unique | list }}",
        "{% set ns = namespace(l=[0]) %}{% for i in range(150) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | pprint }}",
        "{% set ns = namespace(g=[1]) %}{% for i in range(100000) %}{% set ns.g = ns.g | map('abs') %}{% endfor %}{{ ns.g | list }}",
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
        "{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns.x }}",
        "{% set ns = namespace(n=0) %}{% for i in range(100000) %}{% set ns.n = namespace(n=ns.n) %}{% endfor %}{{ ns.n }}",
        "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = ns.l + [i] %}{% endfor %}",
        "{% set ns = namespace(s='') %}{% for i in range(100000) %}{% set ns.s = ns.s + 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' %}{% endfor %}",
        "{% set s = 'ab' * 1000000 %}{% for i in range(100000) %}{% if 'c' in s %}{% endif %}{% endfor %}",
        "{% set s = 'ab' * 1000000 %}{% for i in range(100000) %}{{ s.find('c') }}{% endfor %}",
        "{% for i in range(100000) %}{{ range(100000) | sum }}{% endfor %}",
        "{% for i in range(100000) %}{{ range(100000) | sort | first }}{% endfor %}",
        "{% set l = range(100000) | list %}{% for i in range(100000) %}{{ -1 in l }}{% endfor %}",
        "{{ ('a b ' * 900000) | wordwrap(1) }}",
        "{% for i in range(100000) %}{{ range(100000) | last }}{% endfor %}",
        "{% set s = 'ab c' * 250000 %}{% for i in range(100000) %}{{ s | reverse | length }}{% endfor %}",
        "{% set s = '9' * 4000 %}{% for i in range(100000) %}{{ (s | int) % 7 }}{% endfor %}",
        "{% for i in range(100000) %}{{ ('%.1000f' % 1e-300) | length }}{% endfor %}",
        "{% for i in range(100000) %}{{ ('ab' * 100000) | last }}{% endfor %}",
        "{% set p = 'a' * 1900000 %}{% for i in range(100000) %}{{ p.find('a' * 900000 ~ 'b' ~ 'a' * 900000) }}{% endfor %}",
        "{% set p = 'a' * 1900000 %}{% for i in range(100000) %}{{ p.rfind('a' * 900000 ~ 'b' ~ 'a' * 900000) }}{% endfor %}",
        "{% set p = 'a' * 1900000 %}{% for i in range(100000) %}{{ p.split('a' * 900000 ~ 'b' ~ 'a' * 900000) | length }}{% endfor %}",
        "{% set p = 'a' * 1900000 %}{% for i in range(100000) %}{{ 'a' * 900000 ~ 'b' ~ 'a' * 900000 in p }}{% endfor %}",
        "{% set s = 'x' * 4000000 %}{% for i in range(100) %}{{ s | urlize | length }}{% endfor %}",
        "{{ " + new string('(', 3000) + "1" + new string(')', 3000) + " }}",
        "{{ " + new string('[', 3000) + new string(']', 3000) + " }}",
        "{{ " + string.Concat(Enumerable.Repeat("not ", 3000)) + "1 }}",
        "{{ " + new string('-', 3000) + "1 }}",
        "{{ " + string.Concat(Enumerable.Repeat("1 if 0 else ", 3000)) + "1 }}",
        "{{ " + string.Concat(Enumerable.Repeat("x is eq [", 3000)) + new string(']', 3000) + " }}",
        string.Concat(Enumerable.Repeat("{% if 1 %}", 2000)) + "x" + string.Concat(Enumerable.Repeat("{% endif %}", 2000)),
        "{% for " + new string('(', 3000) + "x" + new string(')', 3000) + " in [] %}{% endfor %}",
    ];

    [Theory]
    [MemberData(nameof(Greedy))]
    public void A_greedy_template_is_refused_at_once(string template)
    {
        var taken = WorkTime.Start();
        ChatTemplateException e = Jinja.Refuse(template);
        e.Fault.ShouldBe(ChatTemplateFault.Limit);
        taken.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(100_000)]
    public void Long_chains_of_operators_do_not_overflow_the_stack(int length)
    {
        string sum = "{{ 0" + string.Concat(Enumerable.Repeat(" + 1", length)) + " }}";
        try
        {
            Jinja.Render(sum).ShouldBe(length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (ChatTemplateException e)
        {
            e.Fault.ShouldBe(ChatTemplateFault.Limit);
        }
    }

    [Fact]
    public void Every_limit_can_be_set()
    {
        Jinja.Refuse("{% for i in range(1000) %}{% endfor %}", new ChatTemplateLimits { MaxSteps = 500 }).Message.ShouldContain("500 steps");
        Jinja.Refuse("{{ 'x' * 11 }}", new ChatTemplateLimits { MaxTextLength = 10 }).Message.ShouldContain("limit is 10");
        Jinja.Refuse("{% for i in range(20) %}xx{% endfor %}", new ChatTemplateLimits { MaxTextLength = 30 }).Message.ShouldContain("30 characters");
        Jinja.Refuse("{{ range(1000) | list }}", new ChatTemplateLimits { MaxAllocatedBytes = 1000 }).Message.ShouldContain("1000 bytes");
        Jinja.Refuse("{{ [[[[1]]]] }}", new ChatTemplateLimits { MaxDepth = 3 }).Message.ShouldContain("3");
        Jinja.Refuse("{% macro f(n) %}{{ f(n - 1) if n > 0 }}{% endmacro %}{{ f(9) }}", new ChatTemplateLimits { MaxDepth = 6 }).Message.ShouldContain("depth of 6");
        Jinja.Refuse("{% for i in range(100000) %}{% for j in range(9) %}{% endfor %}{% endfor %}", new ChatTemplateLimits { MaxDuration = TimeSpan.Zero }).Message.ShouldContain("0 seconds");
        Should.Throw<ChatTemplateException>(() => ChatTemplate.Parse(new string(' ', ChatTemplate.MaxSourceLength + 1))).Fault.ShouldBe(ChatTemplateFault.Limit);
    }

    [Fact]
    public void Recursion_that_ends_is_allowed() =>
        Jinja.Render("{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}x{% endif %}{% endmacro %}{{ f(100) }}").ShouldBe(new string('x', 100));

    [Theory]
    [InlineData("{{ ''.__class__ }}", "")]
    [InlineData("{{ ''.__class__ is defined }}", "False")]
    [InlineData("{{ nums['__class__'] }}", "")]
    [InlineData("{{ nums | attr('__cl' ~ 'ass__') }}", "")]
    [InlineData("{{ nums.append }}", "")]
    [InlineData("{{ card.update is defined }}", "False")]
    [InlineData("{{ card.GetType }}{{ card.ToString }}{{ text.Length }}{{ text.Chars }}{{ nums.Count }}", "")]
    public void Forbidden_attributes_are_undefined(string template, string expected) => Jinja.Render(template).ShouldBe(expected);

    [Theory]
    [InlineData("{{ ''.__class__.__mro__[1].__subclasses__() }}", "__class__")]
    [InlineData("{{ cycler.__init__.__globals__.os.popen('touch x').read() }}", "__init__")]
    [InlineData("{{ self.__init__.__globals__ }}", "__init__")]
    [InlineData("{{ '{0.__class__.__init__.__globals__}'.format(nums) }}", "__init__")]
    [InlineData("{{ '{x.__class__.__mro__}'.format_map({'x': 1}) }}", "__class__")]
    [InlineData("{{ [''] | map(attribute='__class__.__mro__') | list }}", "__class__")]
    [InlineData("{{ nums.append(1) }}", "append")]
    [InlineData("{{ nums.sort() }}", "sort")]
    [InlineData("{{ card.update({}) }}", "update")]
    [InlineData("{{ card.pop('title') }}", "pop")]
    [InlineData("{{ ''.GetType() }}", "GetType")]
    [InlineData("{{ raise_exception.Invoke() }}", "Invoke")]
    public void Ways_out_of_the_sandbox_are_refused(string template, string name)
    {
        ChatTemplateException e = Jinja.Refuse(template);
        e.Fault.ShouldBe(ChatTemplateFault.Evaluation);
        e.Message.ShouldContain(name);
    }
}
