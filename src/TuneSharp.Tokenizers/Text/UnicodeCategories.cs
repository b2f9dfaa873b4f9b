using System.Globalization;

namespace TuneSharp.Tokenizers.Text;

internal static class UnicodeCategories
{
    public static UnicodeCategory Of(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint);
}
