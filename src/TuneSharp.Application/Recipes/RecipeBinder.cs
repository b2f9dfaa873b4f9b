using TuneSharp.Formats;

namespace TuneSharp.Application.Recipes;

/// <summary>A request made from a recipe, and what the person should be told about keys that change nothing here.</summary>
public sealed record BoundRecipe<TRequest>(TRequest Request, IReadOnlyList<string> Notices);

/// <summary>
/// Puts the keys of a recipe, and over them those of the command line, into a request. A key is one of the request's own
/// settings, an alias of one, a key of another program that is translated (<see cref="KeyTranslations"/>) or that has its own
/// answer (<see cref="ForeignKeys"/>); every other key is an error that names the nearest known one.
/// </summary>
public static class RecipeBinder
{
    /// <param name="recipe">Keys of the file; empty if there is none.</param>
    /// <param name="overrides">Keys of the command line; they win.</param>
    /// <exception cref="InvalidInputException">Names key, place, value and what to do.</exception>
    public static BoundRecipe<TRequest> Bind<TRequest>(RecipeMap recipe, IReadOnlyList<RecipeEntry> overrides)
        where TRequest : new()
    {
        SettingCatalog catalog = SettingCatalog.For<TRequest>();
        var notices = new List<string>();
        var values = new Dictionary<SettingDescription, (RecipeNode Node, string Name)>();
        foreach ((SettingDescription setting, RecipeNode node, string name) in Resolve(catalog, recipe.Entries, notices)) values[setting] = (node, name);
        foreach ((SettingDescription setting, RecipeNode node, string name) in Resolve(catalog, overrides, notices)) values[setting] = (node, name);

        object request = new TRequest();
        foreach ((SettingDescription setting, (RecipeNode node, string name)) in values)
            setting.Property.SetValue(setting.Part.GetValue(request), SettingValue.Read(setting, name, node));
        return new BoundRecipe<TRequest>((TRequest)request, notices);
    }

    private static IEnumerable<(SettingDescription Setting, RecipeNode Node, string Name)> Resolve(SettingCatalog catalog, IReadOnlyList<RecipeEntry> entries, List<string> notices)
    {
        var from = new Dictionary<SettingDescription, RecipeEntry>();
        foreach (RecipeEntry entry in entries)
        {
            foreach (RecipeEntry known in KeyTranslations.Translate(entry, entries, notices))
            {
                SettingDescription? setting = catalog.Find(known.Key);
                if (setting is null)
                {
                    ForeignKeys.Answer(known, catalog, notices);
                    continue;
                }

                if (!from.TryAdd(setting, entry) && !ReferenceEquals(from[setting], entry))
                    throw new InvalidInputException($"`{entry.Key}` and `{from[setting].Key}` set the same thing.", entry.Where, "Remove one of them.");
                yield return (setting, known.Value, entry.Key);
            }
        }
    }
}
