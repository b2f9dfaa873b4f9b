using System.Reflection;
using System.Text.Json;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Application.Recipes;

/// <summary>All keys of a kind of request, found by the <see cref="SettingAttribute"/> on its parts' properties.</summary>
public sealed class SettingCatalog
{
    private readonly Dictionary<string, List<SettingDescription>> _byName = [];

    private SettingCatalog(Type request)
    {
        var all = new List<SettingDescription>();
        object fresh = Activator.CreateInstance(request)!;
        foreach (PropertyInfo part in request.GetProperties())
        {
            object defaults = part.GetValue(fresh) ?? throw new InvalidOperationException($"{request.Name}.{part.Name} has no default.");
            all.AddRange(Read(part, defaults, method: null));
            if (part.PropertyType != typeof(MethodSettings)) continue;
            foreach (TuningMethodEntry method in PeftCatalog.Entries) all.AddRange(Read(part, method.NewOptions(), method.Name));
        }

        All = all;
        foreach (SettingDescription setting in all)
        {
            foreach (string name in setting.Names) Enter(name, setting);
        }
    }

    private static IEnumerable<SettingDescription> Read(PropertyInfo part, object defaults, string? method) =>
        from property in defaults.GetType().GetProperties()
        let setting = property.GetCustomAttribute<SettingAttribute>()
        where setting is not null
        select new SettingDescription(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), part, property, setting, property.GetValue(defaults), method);

    /// <summary>Methods may share a name with each other (target_modules), but with nothing else.</summary>
    private void Enter(string name, SettingDescription setting)
    {
        if (!_byName.TryGetValue(name, out List<SettingDescription>? same)) _byName[name] = same = [];
        if (same.Find(other => other.Method is null || setting.Method is null || other.Method == setting.Method) is { } other)
            throw new InvalidOperationException($"The key {name} belongs to {setting.Part.Name}.{setting.Property.Name} and to {other.Part.Name}.{other.Property.Name}.");
        same.Add(setting);
    }

    /// <summary>In the order of declaration: parts, then properties.</summary>
    public IReadOnlyList<SettingDescription> All { get; }

    /// <summary>Keys and aliases.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <param name="name">A key or an alias.</param>
    /// <param name="method">Prefer the setting of this tuning method where several have the name.</param>
    public SettingDescription? Find(string name, string? method = null) => _byName.GetValueOrDefault(name) is { } same
        ? same.Find(setting => setting.Method == method) ?? same[0]
        : null;

    /// <summary>The methods that have a setting with this name; empty if it does not depend on the method.</summary>
    public IReadOnlyList<string> MethodsWith(string name) => [.. _byName.GetValueOrDefault(name, []).Select(setting => setting.Method).OfType<string>()];

    /// <summary>The catalog of a request record, for instance <c>FineTuneRequest</c>.</summary>
    public static SettingCatalog For<TRequest>()
        where TRequest : new() => PerRequest<TRequest>.Catalog;

    private static class PerRequest<TRequest>
    {
        public static readonly SettingCatalog Catalog = new(typeof(TRequest));
    }
}
