using System.Reflection;
using TuneSharp.Formats;
using TuneSharp.Peft;
using TuneSharp.Peft.Settings;

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
        string? method = MethodOf(catalog, recipe.Entries, overrides);
        var values = new Dictionary<SettingDescription, (RecipeNode Node, string Name)>();
        foreach ((SettingDescription setting, RecipeNode node, string name) in Resolve(catalog, recipe.Entries, method, notices)) values[setting] = (node, name);
        foreach ((SettingDescription setting, RecipeNode node, string name) in Resolve(catalog, overrides, method, notices)) values[setting] = (node, name);

        object request = new TRequest();
        IMethodOptions? options = method is null ? null : PeftCatalog.Find(method).NewOptions();
        foreach ((SettingDescription setting, (RecipeNode node, string name)) in values)
            setting.Property.SetValue(setting.Method is null ? setting.Part.GetValue(request) : options, SettingValue.Read(setting, name, node));
        if (values.Keys.FirstOrDefault(setting => setting.Method is not null) is { } own) OptionsProperty.SetValue(own.Part.GetValue(request), options);
        return new BoundRecipe<TRequest>((TRequest)request, notices);
    }

    private static readonly PropertyInfo OptionsProperty = typeof(MethodSettings).GetProperty(nameof(MethodSettings.Options))!;

    private static IEnumerable<(RecipeEntry Given, RecipeEntry Known)> Translate(IReadOnlyList<RecipeEntry> entries, List<string> notices) =>
        entries.SelectMany(entry => KeyTranslations.Translate(entry, entries, notices).Select(known => (entry, known)));

    /// <summary>The tuning method that the entries choose, the last one first; the default one; null where requests of this kind have none.</summary>
    private static string? MethodOf(SettingCatalog catalog, IReadOnlyList<RecipeEntry> recipe, IReadOnlyList<RecipeEntry> overrides)
    {
        if (catalog.Find("method") is not { } setting || setting.Part.PropertyType != typeof(MethodSettings)) return null;
        RecipeEntry? given = Translate(recipe, []).Concat(Translate(overrides, [])).Select(entry => entry.Known).LastOrDefault(entry => catalog.Find(entry.Key) == setting);
        return PeftCatalog.Find(given?.Value is RecipeScalar { IsNull: false } scalar ? scalar.Text : (string)setting.Default!).Name;
    }

    private static IEnumerable<(SettingDescription Setting, RecipeNode Node, string Name)> Resolve(SettingCatalog catalog, IReadOnlyList<RecipeEntry> entries, string? method, List<string> notices)
    {
        var from = new Dictionary<SettingDescription, RecipeEntry>();
        foreach ((RecipeEntry entry, RecipeEntry known) in Translate(entries, notices))
        {
            SettingDescription? setting = catalog.Find(known.Key, method);
            if (setting is null)
            {
                ForeignKeys.Answer(known, catalog, notices);
                continue;
            }

            if (setting.Method is not null && setting.Method != method)
                throw new InvalidInputException($"`{entry.Key}` is a setting of {string.Join(", ", catalog.MethodsWith(known.Key))}, but `method` is {method}.", entry.Where, "Remove it, or choose that method.");
            if (!from.TryAdd(setting, entry) && !ReferenceEquals(from[setting], entry))
                throw new InvalidInputException($"`{entry.Key}` and `{from[setting].Key}` set the same thing.", entry.Where, "Remove one of them.");
            yield return (setting, known.Value, entry.Key);
        }
    }
}
