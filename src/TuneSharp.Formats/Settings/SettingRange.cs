using System.Reflection;
using System.Text;

namespace TuneSharp.Formats.Settings;

/// <summary>Checks every number of a settings record against the limits that its <see cref="SettingAttribute"/> declares.</summary>
public static class SettingRange
{
    /// <exception cref="InvalidInputException">A number is not finite or outside its limits; the text names key, value and limits.</exception>
    public static void Check(object settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        foreach (PropertyInfo property in settings.GetType().GetProperties())
        {
            if (property.GetCustomAttribute<SettingAttribute>() is not { } setting) continue;
            if (property.GetValue(settings) is not (int or long or double)) continue;
            double value = Convert.ToDouble(property.GetValue(settings));
            if (double.IsFinite(value) && !(value < setting.Minimum) && !(value > setting.Maximum)) continue;
            string limits = (double.IsNaN(setting.Minimum), double.IsNaN(setting.Maximum)) switch
            {
                (false, false) => $"from {setting.Minimum} to {setting.Maximum}",
                (false, true) => $"at least {setting.Minimum}",
                (true, false) => $"at most {setting.Maximum}",
                _ => "a finite number",
            };
            throw new InvalidInputException($"`{KeyOf(property.Name)}` is {value}; it must be {limits}.", null,
                setting.Example is null ? "Correct it." : $"A usual value is {setting.Example}.");
        }
    }

    /// <summary><c>LearningRate</c> → <c>learning_rate</c>, <c>AdamBeta1</c> → <c>adam_beta1</c>.</summary>
    public static string KeyOf(string propertyName)
    {
        var key = new StringBuilder(propertyName.Length + 8);
        for (int i = 0; i < propertyName.Length; i++)
        {
            if (char.IsUpper(propertyName[i]) && i > 0) key.Append('_');
            key.Append(char.ToLowerInvariant(propertyName[i]));
        }

        return key.ToString();
    }
}
