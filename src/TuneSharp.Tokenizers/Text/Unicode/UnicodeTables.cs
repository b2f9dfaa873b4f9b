using System.Globalization;

namespace TuneSharp.Tokenizers.Text;

/// <summary>
/// Unicode data pinned to the versions of the reference implementation, from the resource UnicodeTables.bin
/// (made by tools/unicode/generate.mjs). The runtime's own tables change with its version and are not asked.
/// </summary>
internal static class UnicodeTables
{
    private static readonly byte[] s_data = Read();
    private static readonly Dictionary<string, Range> s_tables = FindTables();

    /// <summary>The bytes of a table.</summary>
    public static ReadOnlySpan<byte> Get(string name) => s_data.AsSpan(s_tables[name]);

    /// <summary>The value of every code point, from runs of (length, value).</summary>
    public static byte[] GetValues(string name)
    {
        byte[] values = new byte[0x110000];
        ReadOnlySpan<byte> table = Get(name);
        int codePoint = 0;
        for (int at = 0; at < table.Length;)
        {
            int length = ReadNumber(table, ref at);
            values.AsSpan(codePoint, length).Fill(table[at++]);
            codePoint += length;
        }
        return values;
    }

    public static CodePointSet GetSet(string name)
    {
        ReadOnlySpan<byte> table = Get(name);
        var bounds = new List<int>();
        int end = 0;
        for (int at = 0; at < table.Length;)
        {
            int start = end + ReadNumber(table, ref at);
            end = start + ReadNumber(table, ref at);
            bounds.Add(start);
            bounds.Add(end);
        }
        return new CodePointSet([.. bounds]);
    }

    public static string[] GetNames(string name) => System.Text.Encoding.ASCII.GetString(Get(name)).Split('\n');

    /// <summary>Code point → several code points.</summary>
    public static Dictionary<int, int[]> GetMap(string name)
    {
        ReadOnlySpan<byte> table = Get(name);
        var map = new Dictionary<int, int[]>();
        int codePoint = 0;
        for (int at = 0; at < table.Length;)
        {
            codePoint += ReadNumber(table, ref at);
            int[] target = new int[ReadNumber(table, ref at)];
            for (int i = 0; i < target.Length; i++) target[i] = ReadNumber(table, ref at);
            map.Add(codePoint, target);
        }
        return map;
    }

    /// <summary>An unsigned number in LEB128.</summary>
    public static int ReadNumber(ReadOnlySpan<byte> table, ref int at)
    {
        int number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = table[at++];
            number |= (b & 0x7F) << shift;
            if (b < 0x80) return number;
        }
    }

    private static byte[] Read()
    {
        using Stream stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("UnicodeTables.bin")!;
        byte[] data = new byte[stream.Length];
        stream.ReadExactly(data);
        return data;
    }

    private static Dictionary<string, Range> FindTables()
    {
        var tables = new Dictionary<string, Range>(StringComparer.Ordinal);
        for (int at = 0; at < s_data.Length;)
        {
            string name = System.Text.Encoding.ASCII.GetString(s_data, at + 1, s_data[at]);
            at += 1 + s_data[at];
            int length = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(s_data.AsSpan(at));
            tables.Add(name, (at + 4)..(at + 4 + length));
            at += 4 + length;
        }
        return tables;
    }
}

/// <summary>General categories of Unicode 16.0.</summary>
internal static class UnicodeCategories
{
    private static readonly byte[] s_categories = UnicodeTables.GetValues("categories");

    public static UnicodeCategory Of(int codePoint) => (UnicodeCategory)s_categories[codePoint];
}
