using System.Reflection;
using System.Text.Json;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Application.Recipes;

/// <summary>All keys of a kind of request, found by the <see cref="SettingAttribute"/> on its parts' properties.</summary>
public sealed class SettingCatalog
{
    private readonly Dictionary<string, SettingDescription> _byName = [];

    private SettingCatalog(Type request)
    {
        var all = new List<SettingDescription>();
        object fresh = Activator.CreateInstance(request)!;
        foreach (PropertyInfo part in request.GetProperties())
        {
            object defaults = part.GetValue(fresh) ?? throw new InvalidOperationException($"{request.Name}.{part.Name} has no default.");
            foreach (PropertyInfo property in part.PropertyType.GetProperties())
            {
                if (property.GetCustomAttribute<SettingAttribute>() is not { } setting) continue;
                string key = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
                var description = new SettingDescription(key, part, property, setting, property.GetValue(defaults));
                all.Add(description);
                foreach (string name in description.Names)
                {
                    if (!_byName.TryAdd(name, description))
                        throw new InvalidOperationException($"The key {name} belongs to {part.Name}.{property.Name} and to {_byName[name].Part.Name}.{_byName[name].Property.Name}.");
                }
            }
        }

        All = all;
    }

    /// <summary>In the order of declaration: parts, then properties.</summary>
    public IReadOnlyList<SettingDescription> All { get; }

    /// <summary>Keys and aliases.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <param name="name">A key or an alias.</param>
    public SettingDescription? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The catalog of a request record, for instance <c>FineTuneRequest</c>.</summary>
    public static SettingCatalog For<TRequest>()
        where TRequest : new() => PerRequest<TRequest>.Catalog;

    private static class PerRequest<TRequest>
    {
        public static readonly SettingCatalog Catalog = new(typeof(TRequest));
    }
}
