using TuneSharp.Formats;

namespace TuneSharp.Application.Recipes;

/// <summary>
/// Keys of transformers, TRL, PEFT and LLaMA-Factory that this program knows but does not act on. The table
/// <c>foreign-keys.tsv</c> holds for each: what happens (<c>ignored</c>: it has no effect here; <c>later</c>: not supported
/// yet; <c>never</c>: refused), the values that mean "off" and are therefore fine, and a sentence for the person.
/// </summary>
internal static class ForeignKeys
{
    private static readonly Lazy<Dictionary<string, ForeignKey>> Table = new(Read);

    private enum Kind
    {
        Ignored,
        Later,
        Never,
    }

    public static IEnumerable<string> Names => Table.Value.Keys;

    /// <summary>Adds a notice, or throws what is to be said about the key.</summary>
    public static void Answer(RecipeEntry entry, SettingCatalog catalog, List<string> notices)
    {
        if (!Table.Value.TryGetValue(entry.Key, out ForeignKey? key))
        {
            string? nearest = NearestName.Find(entry.Key, catalog.Names.Concat(Names).Concat(KeyTranslations.Names));
            throw new InvalidInputException($"Unknown key `{entry.Key}`.", entry.Where,
                nearest is null ? "`tunesharp settings` lists all keys." : $"Did you mean `{nearest}`?");
        }

        if (entry.Value is RecipeScalar scalar && key.IsOff(scalar)) return;
        switch (key.Kind)
        {
            case Kind.Ignored:
                notices.Add($"`{entry.Key}` has no effect here: {key.Text}");
                break;
            case Kind.Later:
                throw new InvalidInputException($"`{entry.Key}` is a known option that is not supported yet.", entry.Where, key.Text);
            default:
                throw new InvalidInputException($"`{entry.Key}` is refused: {key.Text}", entry.Where);
        }
    }

    private static Dictionary<string, ForeignKey> Read()
    {
        using Stream stream = typeof(ForeignKeys).Assembly.GetManifestResourceStream("foreign-keys.tsv")!;
        using var reader = new StreamReader(stream);
        var table = new Dictionary<string, ForeignKey>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            string[] fields = line.Split('\t');
            string[] off = fields[2].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (string name in fields[1].Split(' ')) table.Add(name, new ForeignKey(Enum.Parse<Kind>(fields[0], ignoreCase: true), off, fields[3]));
        }

        return table;
    }

    /// <param name="Off">Values that leave everything as it is here: after a "!" only these, else also false, null, none, 0 and nothing.</param>
    private sealed record ForeignKey(Kind Kind, string[] Off, string Text)
    {
        public bool IsOff(RecipeScalar scalar) => Off.Contains(scalar.IsNull ? "null" : scalar.Text, StringComparer.OrdinalIgnoreCase)
            || (Off is not ["!", ..] && (scalar.IsNull || scalar.Text is "" or "none" or "None" || ScalarText.ToBool(scalar.Text) == false || ScalarText.ToDouble(scalar.Text) == 0));
    }
}
