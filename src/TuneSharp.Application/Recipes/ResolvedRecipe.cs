using System.Text;

namespace TuneSharp.Application.Recipes;

/// <summary>Writes a request as a recipe with every key, its value and what it means; reading it gives an equal request.</summary>
public static class ResolvedRecipe
{
    /// <param name="heading">Lines of comment at the top.</param>
    public static string Write<TRequest>(TRequest request, params string[] heading)
        where TRequest : new()
    {
        var text = new StringBuilder();
        foreach (string line in heading) text.Append("# ").Append(line).Append('\n');
        string? part = null;
        foreach (SettingDescription setting in SettingCatalog.For<TRequest>().All.Where(setting => setting.AppliesTo(request!)))
        {
            if (part != setting.Part.Name) text.Append("\n# ---- ").Append(setting.Part.Name.ToLowerInvariant()).Append(" ----\n");
            part = setting.Part.Name;
            text.Append("\n# ").Append(setting.Setting.Description);
            if (setting.Setting.Unit is { } unit) text.Append(" Unit: ").Append(unit).Append('.');
            if (setting.Setting.Advice is { } advice) text.Append(" Advised: ").Append(advice.TrimEnd('.')).Append('.');
            text.Append(" Default: ").Append(SettingValue.Write(setting.Default)).Append(".\n");
            text.Append(setting.Key).Append(": ").Append(SettingValue.Write(setting.Read(request!))).Append('\n');
        }

        return text.ToString();
    }
}
