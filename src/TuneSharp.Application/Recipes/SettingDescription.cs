using System.Reflection;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Application.Recipes;

/// <summary>One key of a recipe: which property of which part of the request it sets, and what its owner says about it.</summary>
/// <param name="Key">snake_case of the property's name.</param>
/// <param name="Part">Property of the request that holds the record, as in <c>Training</c>.</param>
/// <param name="Property">Property of that record.</param>
/// <param name="Setting">The owner's words.</param>
/// <param name="Default">Value in a fresh record.</param>
/// <param name="Method">The tuning method whose own setting it is; null: it does not depend on the method.</param>
public sealed record SettingDescription(string Key, PropertyInfo Part, PropertyInfo Property, SettingAttribute Setting, object? Default, string? Method = null)
{
    public Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>True if the key may be null: a nullable value or reference.</summary>
    public bool AllowsNull { get; } = Nullable.GetUnderlyingType(Property.PropertyType) is not null
        || (!Property.PropertyType.IsValueType && new NullabilityInfoContext().Create(Property).WriteState != NullabilityState.NotNull);

    public IEnumerable<string> Names => Setting.Aliases.Prepend(Key);

    /// <summary>The default as it is written in a recipe.</summary>
    public string DefaultText => SettingValue.Write(Default);

    /// <summary>The values that are possible, where they are a closed list.</summary>
    public IReadOnlyList<string> Choices => SettingValue.Choices(Type);

    /// <summary>"0 … 1", "≥ 1"; null where there is no limit.</summary>
    public string? Range => (double.IsNaN(Setting.Minimum), double.IsNaN(Setting.Maximum)) switch
    {
        (true, true) => null,
        (false, true) => $"≥ {SettingValue.Write(Setting.Minimum)}",
        (true, false) => $"≤ {SettingValue.Write(Setting.Maximum)}",
        _ => $"{SettingValue.Write(Setting.Minimum)} … {SettingValue.Write(Setting.Maximum)}",
    };

    /// <summary>Its value; null where it is a setting of another method than the request's.</summary>
    public object? Read(object request)
    {
        object? part = Part.GetValue(request);
        if (Method is null) return Property.GetValue(part);
        return AppliesTo(request) ? Property.GetValue(((MethodSettings)part!).EffectiveOptions) : null;
    }

    /// <summary>False: it is a setting of another method than the request's.</summary>
    public bool AppliesTo(object request) => Method is null || PeftCatalog.Find(((MethodSettings)Part.GetValue(request)!).Method).Name == Method;
}
