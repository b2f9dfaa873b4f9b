using System.Globalization;
using System.Text;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>C's strftime in the C locale, with glibc's flags <c>- _ 0 ^ #</c>.</summary>
internal static class Strftime
{
    public static string Format(DateTimeOffset time, string format)
    {
        var result = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                result.Append(format[i]);
                continue;
            }
            int start = i++;
            char flag = '\0';
            while (i < format.Length && format[i] is '-' or '_' or '0' or '^' or '#') flag = format[i++];
            string? text = i < format.Length ? One(time, format[i], flag) : null;
            result.Append(text ?? format[start..Math.Min(format.Length, i + 1)]);
        }
        return result.ToString();
    }

    private static string? One(DateTimeOffset time, char directive, char flag)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        int hour12 = ((time.Hour + 11) % 12) + 1;
        int sunday = (int)time.DayOfWeek, monday = (sunday + 6) % 7;
        string? text = directive switch
        {
            'a' => time.ToString("ddd", culture),
            'A' => time.ToString("dddd", culture),
            'b' or 'h' => time.ToString("MMM", culture),
            'B' => time.ToString("MMMM", culture),
            'c' => time.ToString("ddd MMM ", culture) + $"{time.Day,2}" + time.ToString(" HH:mm:ss yyyy", culture),
            'C' => Number(time.Year / 100, 2, '0', flag),
            'd' => Number(time.Day, 2, '0', flag),
            'D' or 'x' => time.ToString("MM/dd/yy", culture),
            'e' => Number(time.Day, 2, ' ', flag),
            'f' => (time.Ticks % TimeSpan.TicksPerSecond / 10).ToString("000000", culture),
            'F' => time.ToString("yyyy-MM-dd", culture),
            'g' => Number(ISOWeek.GetYear(time.DateTime) % 100, 2, '0', flag),
            'G' => Number(ISOWeek.GetYear(time.DateTime), 4, '0', flag),
            'H' => Number(time.Hour, 2, '0', flag),
            'I' => Number(hour12, 2, '0', flag),
            'j' => Number(time.DayOfYear, 3, '0', flag),
            'k' => Number(time.Hour, 2, ' ', flag),
            'l' => Number(hour12, 2, ' ', flag),
            'm' => Number(time.Month, 2, '0', flag),
            'M' => Number(time.Minute, 2, '0', flag),
            'n' => "\n",
            'p' => flag == '#' ? time.ToString("tt", culture).ToLowerInvariant() : time.ToString("tt", culture),
            'P' => time.ToString("tt", culture).ToLowerInvariant(),
            'r' => time.ToString("hh:mm:ss tt", culture),
            'R' => time.ToString("HH:mm", culture),
            's' => time.ToUnixTimeSeconds().ToString(culture),
            'S' => Number(time.Second, 2, '0', flag),
            't' => "\t",
            'T' or 'X' => time.ToString("HH:mm:ss", culture),
            'u' => Number(monday + 1, 1, '0', flag),
            'U' => Number((time.DayOfYear + 6 - sunday) / 7, 2, '0', flag),
            'V' => Number(ISOWeek.GetWeekOfYear(time.DateTime), 2, '0', flag),
            'w' => Number(sunday, 1, '0', flag),
            'W' => Number((time.DayOfYear + 6 - monday) / 7, 2, '0', flag),
            'y' => Number(time.Year % 100, 2, '0', flag),
            'Y' => Number(time.Year, 4, '0', flag),
            'z' or 'Z' => "",
            '%' => "%",
            _ => null,
        };
        return flag == '^' || (flag == '#' && directive is 'a' or 'A' or 'b' or 'B' or 'h') ? text?.ToUpperInvariant() : text;
    }

    private static string Number(int value, int width, char padding, char flag) =>
        value.ToString(CultureInfo.InvariantCulture).PadLeft(flag == '-' ? 0 : width, flag switch { '_' => ' ', '0' => '0', _ => padding });
}
