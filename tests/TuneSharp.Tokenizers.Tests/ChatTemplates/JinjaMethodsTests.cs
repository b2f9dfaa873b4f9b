namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>Methods of texts, mappings, sequences and numbers. What is expected was computed with Jinja 3.1.6 under Python 3.11.</summary>
public sealed class JinjaMethodsTests
{
    public static TheoryData<string, string> Cases() => new()
    {
        {
            "{{ 'aBc'.upper() }} {{ 'aBc'.lower() }} {{ \"it's a dog's life\".title() }} {{ 'hELLO'.capitalize() }} {{ 'aBc'.swapcase() }} {{ 'Straße'.casefold() }} {{ 'ǆ'.title() }} {{ 'ŉ ﬁ'.upper() }}",
            "ABC abc It'S A Dog'S Life Hello AbC strasse ǅ ʼN FI"
        },
        {
            "[{{ ' x \\n'.strip() }}] [{{ ' x '.lstrip() }}] [{{ ' x '.rstrip() }}] {{ 'xyaxy'.strip('yx') }} {{ '\\n\\na\\n'.strip('\\n') }} {{ 'abc'.removeprefix('a') }} {{ 'abc'.removesuffix('bc') }} {{ 'abc'.removeprefix('x') }}",
            "[x] [x ] [ x] a a bc a abc"
        },
        {
            "{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ''.split() }} {{ ''.split(',') }} {{ 'a b c'.split(none, 1) }} {{ 'a b c'.rsplit(none, 1) }} {{ 'a b c '.split(maxsplit=1) }} {{ 'a<>b'.split(sep='<>') }}",
            "['a', 'b', '', 'c'] ['a', 'b'] ['a', 'b,c'] ['a,b', 'c'] [] [''] ['a', 'b c'] ['a b', 'c'] ['a', 'b c '] ['a', 'b']"
        },
        {
            "{{ 'a\\nb\\r\\nc\\n'.splitlines() }} {{ 'a\\nb'.splitlines(true) }} {{ 'k=v=w'.partition('=') }} {{ 'k=v=w'.rpartition('=') }} {{ 'kv'.partition('=') }} {{ 'kv'.rpartition('=') }}",
            "['a', 'b', 'c'] ['a\\n', 'b'] ('k', '=', 'v=w') ('k=v', '=', 'w') ('kv', '', '') ('', '', 'kv')"
        },
        {
            "{{ 'abcabc'.find('c') }} {{ 'abcabc'.find('c', 3) }} {{ 'abcabc'.rfind('a') }} {{ 'abc'.find('z') }} {{ 'abcabc'.count('bc') }} {{ 'aaa'.count('aa') }} {{ 'abc'.index('b') }} {{ zh.find('世') }} {{ zh.find('😀') }} {{ 'abc'.count('') }}",
            "2 5 3 -1 2 1 1 3 5 4"
        },
        {
            "{{ 'abc'.startswith('ab') }} {{ 'abc'.startswith(('x', 'a')) }} {{ 'abc'.endswith('bc') }} {{ 'abc'.startswith('b', 1) }} {{ 'abc'.endswith('b', 0, 2) }} {{ 'abc'.startswith('') }}",
            "True True True True True True"
        },
        {
            "{{ 'aXbX'.replace('X', '-') }} {{ 'aXbX'.replace('X', '-', 1) }} {{ 'ab'.replace('', '.') }} {{ '-'.join(['a', 'b']) }} {{ ''.join([]) }}|",
            "a-b- a-bX .a.b. a-b |"
        },
        {
            "{{ '7'.zfill(3) }} {{ '-7'.zfill(4) }} [{{ 'x'.center(5) }}] [{{ 'xy'.center(5, '*') }}] [{{ 'x'.ljust(3) }}] [{{ 'x'.rjust(3, '.') }}] [{{ 'a\\tb'.expandtabs(4) }}]",
            "007 -007 [  x  ] [**xy*] [x  ] [..x] [a   b]"
        },
        {
            "{{ '12'.isdigit() }} {{ '²'.isdigit() }} {{ '²'.isdecimal() }} {{ '½'.isnumeric() }} {{ '一'.isnumeric() }} {{ 'aé你'.isalpha() }} {{ 'a1'.isalnum() }} {{ ' \\n'.isspace() }} {{ 'Ab Cd'.istitle() }} {{ 'ab'.islower() }} {{ 'AB1'.isupper() }} {{ 'a_1'.isidentifier() }} {{ '1a'.isidentifier() }} {{ 'é'.isascii() }} {{ 'a\\n'.isprintable() }} {{ ''.isalpha() }}",
            "True True False True True True True True True True True True False False False False"
        },
        {
            "{{ card.get('title') }} {{ card.get('nope') }} {{ card.get('nope', 'd') }} {{ card.keys() | list }} {{ card.values() | list }} {{ card.keys() }} {{ card.items() }} {{ {'a': 1}.copy() }} {{ card.keys() | length }}",
            "Blue Note None d ['title', 'year', 'tags', 'Side'] ['Blue Note', 1959, ['jazz', 'modal'], None] dict_keys(['title', 'year', 'tags', 'Side']) dict_items([('title', 'Blue Note'), ('year', 1959), ('tags', ['jazz', 'modal']), ('Side', None)]) {'a': 1} 4"
        },
        {
            "{{ nums.index(2) }} {{ nums.count(3) }} {{ (1, 2, 2).count(2) }} {{ nums.copy() }} {{ [1, 2, 1].index(1, 1) }}",
            "2 2 2 [3, 1, 2, 3] 2"
        },
        {
            "{{ (5).bit_length() }} {{ (2.0).is_integer() }} {{ 5.0.is_integer() }} {{ 'abc'.translate({97: 'x', 98: none}) }}",
            "3 True True xc"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Renders_as_Jinja_does(string template, string expected) => Jinja.Render(template).ShouldBe(expected);
}
