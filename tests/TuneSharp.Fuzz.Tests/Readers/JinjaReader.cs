using System.Text;
using System.Text.Json.Nodes;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Fuzz.Readers;

internal sealed class JinjaReader : IFuzzedReader
{
    /// <summary>Much smaller than the program's own, so that hundreds of thousands of templates take minutes; the code is the same.</summary>
    private static readonly ChatTemplateLimits Limits = new() { MaxSteps = 20_000, MaxTextLength = 200_000, MaxAllocatedBytes = 16_000_000 };

    private static readonly ChatTemplateInput Input = new(
    [
        new ChatMessage("system", "Be short."), new ChatMessage("user", "What is <b>new</b>? 天"), new ChatMessage("assistant", "Nothing. <think>x</think>"), new ChatMessage("user", ""),
    ])
    {
        AddGenerationPrompt = true,
        SpecialTokens = new Dictionary<string, string>(StringComparer.Ordinal) { ["bos_token"] = "<s>", ["eos_token"] = "</s>" },
        Tools = [new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = "f", ["parameters"] = new JsonObject() } }],
        Limits = Limits,
    };

    public string Name => "jinja";

    public string FileName => "chat_template.jinja";

    public IReadOnlyList<byte[]> Seeds { get; } = [.. new[]
    {
        "{% for m in messages %}<|{{ m['role'] }}|>\n{{ m.content | trim }}{{ eos_token }}\n{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}",
        "{%- set ns = namespace(found=false, n=0) -%}{%- for m in messages -%}{%- if loop.first and m.role == 'system' -%}{%- set ns.found = true -%}{{ bos_token }}{{ m.content|upper }}{%- elif m.role != 'system' -%}{{ loop.index0 ~ ':' ~ m.content.split('</think>')[-1].strip() }}{%- else -%}{{ raise_exception('no') }}{%- endif -%}{%- set ns.n = ns.n + 1 -%}{%- endfor -%}{{ ns.n }}",
        "{% macro show(x, d=0) %}{% if x is mapping %}{{ x | tojson(indent=2) }}{% elif x is iterable and x is not string %}{% for y in x recursive %}{{ show(y, d+1) }}{% endfor %}{% else %}{{ x }}{% endif %}{% endmacro %}{% for t in tools %}{{ show(t.function) }}{% endfor %}{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join(', ') }}",
        "{{ '%s %05.2f' | format('a', 3.14159) }}{{ [3,1,2] | sort | reverse | list }}{{ {'a': 1}.items() | list }}{{ range(1, 10, 3) | sum }}{{ strftime_now('%d %b %Y') }}{{ 'abc'[::-1] }}{{ (1, 2)[0] ** 3 // 2 % 5 }}{{ x is defined and not y }}{{ 'a' if 1 else 'b' }}{# note #}{% raw %}{{ }}{% endraw %}",
    }.Select(Encoding.UTF8.GetBytes)];

    public IReadOnlyList<string> Words { get; } =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "{% for x in range(99999999) %}", "{% endfor %}", "{% if true %}", "{% endif %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% set x = [1] * 99999999 %}", "{{ 'a' * 999999999 }}",
        " | tojson", " | join", " | map('upper')", " | sort(attribute='a')", " | indent(9999999)", " | center(99999999)", " | batch(0)", " | slice(0)", "**", "9**9**9", "<<", "loop.index", "namespace()", "messages", "[::0]", "[99999999999999999999]", ".__class__.__mro__",
        "'", "\"", "\\", "\\N{", "\\x", "((((((((", "[[[[[[[[", "not ", "in ", "is none", "~", "//", "%", "if else", "{% generation %}", "{% call m() %}", "{% filter upper %}", "{% break %}", "1e999", "-0", "0x", "1_000", "\u0000", "🙂",
        "'%999999999d' | format(1)", "'{:>99999999}'.format(1)", ".replace('', 'xxxxxxxx')", "range(0, 10, 0)", "dict(a=1)", "lipsum()", "cycler()",
    ];

    public void Read(string path) => ChatTemplate.Parse(File.ReadAllText(path), path).Render(Input);
}
