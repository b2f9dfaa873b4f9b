namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>Every filter. What is expected was computed with Jinja 3.1.6 under Python 3.11.</summary>
public sealed class JinjaFiltersTests
{
    public static TheoryData<string, string> Cases() => new()
    {
        {
            "{{ 'héLLo wörld' | upper }} {{ 'ÀB' | lower }} {{ 'straße' | upper }} {{ 'ΣΑΣ ΟΔΟΣ' | lower }} {{ 'hELLO wORLD' | capitalize }} {{ \"it's o'neil (big-shot) <x>\" | title }}",
            "HÉLLO WÖRLD àb STRASSE σας οδος Hello world It's O'neil (Big-Shot) <X>"
        },
        {
            "[{{ '  pad \\n' | trim }}] {{ 'xxaxx' | trim('x') }} [{{ 'mid' | center(9) }}] [{{ 'mid' | center(8) }}] {{ 5 | string ~ 1 }} {{ nums | string }}",
            "[pad] a [   mid   ] [  mid   ] 51 [3, 1, 2, 3]"
        },
        {
            "{{ 'aaa' | replace('a', 'b') }} {{ 'aaa' | replace('a', 'b', 2) }} {{ 'abc' | replace('', '-') }} {{ 12321 | replace(2, 0) }}",
            "bbb bba -a-b-c- 10301"
        },
        {
            "{{ nums | length }} {{ text | count }} {{ card | length }} {{ missing | length }} {{ nums | first }} {{ nums | last }} {{ text | first }} {{ [] | first }}|{{ [] | last }}| {{ card | first }}",
            "4 19 4 0 3 3 T || title"
        },
        {
            "{{ nums | sort }} {{ nums | sort(reverse=true) }} {{ words | sort }} {{ words | sort(case_sensitive=true) }} {{ words | sort(true) }}",
            "[1, 2, 3, 3] [3, 3, 2, 1] ['Apple', 'apple', 'fig', 'pear'] ['Apple', 'apple', 'fig', 'pear'] ['pear', 'fig', 'Apple', 'apple']"
        },
        {
            "{{ people | sort(attribute='age') | map(attribute='name') | list }} {{ people | sort(attribute='age,name') | map(attribute='name') | join }} {{ people | sort(attribute='age', reverse=true) | map(attribute='name') | join }}",
            "['An', 'Bo', 'Cy'] AnBoCy BoCyAn"
        },
        {
            "{{ nums | unique | list }} {{ words | unique | list }} {{ words | unique(case_sensitive=true) | list }} {{ people | unique(attribute='city') | map(attribute='name') | list }}",
            "[3, 1, 2] ['pear', 'Apple', 'fig'] ['pear', 'Apple', 'fig', 'apple'] ['Bo', 'Cy']"
        },
        {
            "{{ nums | sum }} {{ nums | sum(start=10) }} {{ people | sum(attribute='age') }} {{ [[1], [2]] | sum(start=[]) }} {{ nums | min }} {{ nums | max }} {{ words | min }} {{ words | max }} {{ words | min(case_sensitive=true) }} {{ people | max(attribute='age') | attr('x') }}| {{ (people | max(attribute='age')).name }}",
            "9 19 87 [1, 2] 1 3 Apple pear Apple | Bo"
        },
        {
            "{{ nums | reverse | list }} {{ 'abc😀' | reverse }} {{ [] | sum }} {{ [] | max }}|",
            "[3, 2, 1, 3] 😀cba 0 |"
        },
        {
            "{{ nums | join }} {{ nums | join(', ') }} {{ people | join('/', attribute='name') }} {{ [1, none, missing, 'a'] | join('-') }}",
            "3123 3, 1, 2, 3 Bo/An/Cy 1-None--a"
        },
        {
            "{{ nums | select('odd') | list }} {{ nums | reject('gt', 1) | list }} {{ [0, 1, '', 'a'] | select | list }} {{ people | selectattr('nick') | map(attribute='name') | list }} {{ people | selectattr('age', 'gt', 30) | map(attribute='name') | list }} {{ people | rejectattr('nick', 'defined') | list | length }} {{ people | selectattr('city', 'in', ['Rome']) | map(attribute='name') | first }}",
            "[3, 1, 3] [1] [1, 'a'] ['An'] ['Bo', 'Cy'] 2 Cy"
        },
        {
            "{{ words | map('upper') | join(' ') }} {{ ['1', '2'] | map('int') | sum }} {{ people | map(attribute='nick', default='-') | list }} {{ people[2:] | map(attribute='pets.dog.0') | list }} {{ [[1, 2], [3]] | map('first') | list }} {{ ['a'] | map('replace', 'a', 'b') | list }} {{ people | map('length') | list }}",
            "PEAR APPLE FIG APPLE 3 ['-', 'A', '-'] ['Rex'] [1, 3] ['b'] [3, 4, 4]"
        },
        {
            "{% for city, group in people | groupby('city') %}{{ city }}:{{ group | map(attribute='name') | join('+') }} {% endfor %}{% for g in people | groupby('age') %}{{ g.grouper }}{{ g.list | length }} {% endfor %}{{ people | groupby('nick', default='none') | map('first') | list }}",
            "Oslo:Bo+An Rome:Cy 251 312 ['A', 'none']"
        },
        {
            "{{ card | dictsort }} {{ {'b': 1, 'A': 2} | dictsort }} {{ {'b': 1, 'A': 2} | dictsort(true) }} {{ {'b': 1, 'A': 2} | dictsort(by='value', reverse=true) }} {{ card | items | list }} {{ missing | items | list }}",
            "[('Side', None), ('tags', ['jazz', 'modal']), ('title', 'Blue Note'), ('year', 1959)] [('A', 2), ('b', 1)] [('A', 2), ('b', 1)] [('A', 2), ('b', 1)] [('title', 'Blue Note'), ('year', 1959), ('tags', ['jazz', 'modal']), ('Side', None)] []"
        },
        {
            "{{ [1, 2, 3, 4, 5] | batch(2) | list }} {{ [1, 2, 3] | batch(2, 'x') | list }} {{ [1, 2, 3, 4, 5] | slice(3) | list }} {{ [1, 2] | slice(3, 'x') | list }}",
            "[[1, 2], [3, 4], [5]] [[1, 2], [3, 'x']] [[1, 2], [3, 4], [5]] [[1], [2], ['x']]"
        },
        {
            "{{ missing | default('d') }} {{ empty | default('d') }}| {{ empty | default('d', true) }} {{ none | d('x') }} {{ missing | default }}|",
            "d | d None |"
        },
        {
            "{{ '42' | int }} {{ ' 8 ' | int }} {{ '3.9' | int }} {{ 'x' | int }} {{ 'x' | int(-1) }} {{ 3.9 | int }} {{ -3.9 | int }} {{ '0x1F' | int(base=16) }} {{ '101' | int(0, 2) }} {{ '1_0' | int }} {{ true | int }} {{ none | int }} {{ '٣' | int }}",
            "42 8 3 0 -1 3 -3 31 5 10 1 0 3"
        },
        {
            "{{ '3.5' | float }} {{ 'x' | float }} {{ 'x' | float(1.5) }} {{ 2 | float }} {{ '1e3' | float }} {{ ' 1_0.5 ' | float }} {{ 'inf' | float }} {{ '-nan' | float }}",
            "3.5 0.0 1.5 2.0 1000.0 10.5 inf nan"
        },
        {
            "{{ 2.5 | round }} {{ 3.5 | round }} {{ 2.675 | round(2) }} {{ 1234 | round(-2) }} {{ 1250 | round(-2) }} {{ 2.1 | round(0, 'ceil') }} {{ 2.19 | round(1, 'floor') }} {{ 7 | round(1, 'ceil') }} {{ -2.5 | round }} {{ 1e20 | round(2) }}",
            "2.0 4.0 2.67 1200 1200 3.0 2.1 7.0 -2.0 1e+20"
        },
        {
            "{{ -3 | abs }} {{ -2.5 | abs }} {{ true | abs }} {{ 1000 | filesizeformat }} {{ 1 | filesizeformat }} {{ 1500000 | filesizeformat }} {{ 1048576 | filesizeformat(true) }} {{ 10 | filesizeformat }}",
            "3 2.5 1 1.0 kB 1 Byte 1.5 MB 1.0 MiB 10 Bytes"
        },
        {
            "{{ card | tojson }} {{ [1.0, 1e20, true, none, 'é\"\\\\\\n\\x01</'] | tojson }} {{ zh | tojson(ensure_ascii=true) }}",
            "{\"title\": \"Blue Note\", \"year\": 1959, \"tags\": [\"jazz\", \"modal\"], \"Side\": null} [1.0, 1e+20, true, null, \"é\\\"\\\\\\n\\u0001</\"] \"\\u4f60\\u597d\\uff0c\\u4e16\\u754c\\ud83d\\ude00\""
        },
        {
            "{{ {'b': [1, {}], 'a': []} | tojson(indent=2) }} {{ {'b': 1, 'a': 2} | tojson(sort_keys=true) }} {{ [1, {'a': 2}] | tojson(separators=(',', ':')) }} {{ {1: 'a', none: 'b', true: 'c', 2.5: 'd'} | tojson }} {{ (1, 2) | tojson }} {{ [1] | tojson(indent='-> ') }}",
            "{\n  \"b\": [\n    1,\n    {}\n  ],\n  \"a\": []\n} {\"a\": 2, \"b\": 1} [1,{\"a\":2}] {\"1\": \"c\", \"null\": \"b\", \"2.5\": \"d\"} [1, 2] [\n-> 1\n]"
        },
        {
            "{{ lines | indent }} | {{ lines | indent(2, true) }} | {{ lines | indent(1, blank=true) }} | {{ 'a\\nb' | indent('> ', true) }}",
            "first\n      second\n\n    third |   first\n    second\n\n  third | first\n   second\n \n third | > a\n> b"
        },
        {
            "{{ text | truncate(10) }} {{ text | truncate(10, true) }} {{ text | truncate(11, false, '~') }} {{ text | truncate(18) }} {{ text | truncate(18, leeway=0) }} {{ text | truncate(5, true, '') }}",
            "The... The qui... The quick~ The quick brown fox The quick... The q"
        },
        {
            "{{ 'one two three four' | wordwrap(9) }} | {{ 'abcdefghij' | wordwrap(4) }} | {{ 'abcdefghij kl' | wordwrap(4, false) }} | {{ 'well-known half-baked' | wordwrap(7) }} | {{ 'a b\\nc d e' | wordwrap(3, wrapstring='/') }}",
            "one two\nthree\nfour | abcd\nefgh\nij | abcdefghij\nkl | well-\nknown\nhalf-\nbaked | a b/c d/e"
        },
        {
            "{{ 'one two-three, 四五 it\\'s' | wordcount }} {{ 'a b&c=d/é?' | urlencode }} {{ {'k y': 'v/w', 'z': 1} | urlencode }} {{ [('a', 1)] | urlencode }}",
            "6 a%20b%26c%3Dd/%C3%A9%3F k+y=v%2Fw&z=1 a=1"
        },
        {
            "{{ markup | e }} {{ markup | escape | upper }} {{ markup | safe }} {{ ('<' | e) + '<' }} {{ '<b>' | e | forceescape }} {{ '<p>one  <!-- x -->two</p>&amp;' | striptags }} {{ {'class': 'a \"b\"', 'id': none, 'n': 1} | xmlattr }}",
            "&lt;a href=&#39;x&#39;&gt;1 &amp; 2&lt;/a&gt; &LT;A HREF=&#39;X&#39;&GT;1 &AMP; 2&LT;/A&GT; <a href='x'>1 & 2</a> &lt;&lt; &amp;lt;b&amp;gt; one two&  class=\"a &#34;b&#34;\" n=\"1\""
        },
        {
            "{{ 'see https://example.org/a?b=1. or www.example.com, (mail@example.org) x' | urlize }} {{ 'http://example.org/long/path' | urlize(10, true, '_blank') }}",
            "see <a href=\"https://example.org/a?b=1\" rel=\"noopener\">https://example.org/a?b=1</a>. or <a href=\"https://www.example.com\" rel=\"noopener\">www.example.com</a>, (<a href=\"mailto:mail@example.org\">mail@example.org</a>) x <a href=\"http://example.org/long/path\" rel=\"nofollow noopener\" target=\"_blank\">http://exa...</a>"
        },
        {
            "{{ '%s is %d' | format('Ada', 36) }} {{ '%(a)s' | format(a=1) }} {{ 'x' | attr('upper') is callable }} {{ [3, 'a', {'z': 1, 'b': 2}] | pprint }}",
            "Ada is 36 1 True [3, 'a', {'b': 2, 'z': 1}]"
        },
        {
            "{{ {'alpha': 'x' * 30, 'beta': ['y' * 20, 'z' * 20], 'gamma': {'k': 1}} | pprint }}",
            "{'alpha': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n 'beta': ['yyyyyyyyyyyyyyyyyyyy', 'zzzzzzzzzzzzzzzzzzzz'],\n 'gamma': {'k': 1}}"
        },
        {
            "{{ 'trim' | list }} {{ card | list }} {{ (1, 2) | list }} {{ range(3) | map('string') | join }} {{ card.items() | list | length }}",
            "['t', 'r', 'i', 'm'] ['title', 'year', 'tags', 'Side'] [1, 2] 012 4"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Renders_as_Jinja_does(string template, string expected) => Jinja.Render(template).ShouldBe(expected);
}
