namespace TuneSharp.Tokenizers.Tests.ChatTemplates;

/// <summary>Formats of texts and numbers. What is expected was computed with Jinja 3.1.6 under Python 3.11.</summary>
public sealed class JinjaFormattingTests
{
    public static TheoryData<string, string> Cases() => new()
    {
        {
            "{{ '%s|%r|%5s|%-5s|%.2s' % ('é', 'a', 'ab', 'ab', 'abc') }} {{ '%d|%5d|%05d|%+d|% d|%x|%X|%#x|%o' % (42, 42, 42, 42, 42, 255, 255, 255, 8) }}",
            "é|'a'|   ab|ab   |ab 42|   42|00042|+42| 42|ff|FF|0xff|10"
        },
        {
            "{{ '%f|%.2f|%8.3f|%-8.1f|%08.2f|%e|%.1E|%g|%G' % (1.5, 2.675, 3.14159, 2.25, -1.5, 12345.678, 0.00012, 1e20, 1e-10) }} {{ '%d%%' % 50 }} {{ '%c%c' % (65, 'b') }}",
            "1.500000|2.67|   3.142|2.2     |-0001.50|1.234568e+04|1.2E-04|1e+20|1E-10 50% Ab"
        },
        {
            "{{ '%(name)s %(n)03d' % {'name': 'x', 'n': 7} }} {{ '%s' % [1, 2] }} {{ '%s %s' % (none, missing) }} {{ '%*d' % (5, 42) }} {{ '%d' % 3.99 }} {{ '%i' % true }}",
            "x 007 [1, 2] None     42 3 1"
        },
        {
            "{{ '{} {}'.format(1, 'a') }} {{ '{1}{0}'.format(1, 2) }} {{ '{a.title}/{a[year]}/{b[0]}'.format(a=card, b=nums) }} {{ '{{}}'.format() }} {{ '{!r} {!s}'.format('q', 'q') }} {{ '{:{}}|'.format('x', 4) }} {{ '{x}'.format_map({'x': 1}) }}",
            "1 a 21 Blue Note/1959/3 {} 'q' q x   | 1"
        },
        {
            "{{ '[{:>6}][{:<6}][{:^6}][{:*^7}][{:06}]'.format('ab', 'ab', 'ab', 'ab', 42) }} {{ '{:+d} {: d} {:05d} {:,} {:_} {:x} {:#b} {:c}'.format(3, 3, -42, 1234567, 1234567, 255, 5, 97) }}",
            "[    ab][ab    ][  ab  ][**ab***][000042] +3  3 -0042 1,234,567 1_234_567 ff 0b101 a"
        },
        {
            "{{ '{:.2f} {:.1f} {:.1f} {:8.3f} {:e} {:.3g} {:g} {:%} {:.1%} {:,.2f}'.format(2.675, 0.25, 2.25, 3.14159, 12345.678, 0.00012345, 1e20, 0.5, 0.1234, 1234567.891) }}",
            "2.67 0.2 2.2    3.142 1.234568e+04 0.000123 1e+20 50.000000% 12.3% 1,234,567.89"
        },
        {
            "{{ '{:.3}|{:10.2}|{:}|{:5}|{:<8.3f}|{:=+8d}'.format('abcdef', 'xyz', 1.0, 2.5, 1.0, 42) }} {{ '{:08,.1f}'.format(1234.56) }} {{ '{:.0f} {:.0f} {:.0f}'.format(0.5, 1.5, 2.5) }} {{ '{}'.format(true) }} {{ '{:d}'.format(true) }}",
            "abc|xy        |1.0|  2.5|1.000   |+     42 01,234.6 0 2 2 True 1"
        },
        {
            "{{ 1e15 }} {{ 1e16 }} {{ 123456789.123456789 }} {{ 1 / 3 }} {{ 2 / 3 }} {{ 1e-4 }} {{ 1e-5 }} {{ 9007199254740993.0 }} {{ 0.1 * 3 }} {{ 1e100 }}",
            "1000000000000000.0 1e+16 123456789.12345679 0.3333333333333333 0.6666666666666666 0.0001 1e-05 9007199254740992.0 0.30000000000000004 1e+100"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Renders_as_Jinja_does(string template, string expected) => Jinja.Render(template).ShouldBe(expected);
}
