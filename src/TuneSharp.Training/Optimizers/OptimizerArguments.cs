using System.Globalization;
using TuneSharp.Formats;

namespace TuneSharp.Training.Optimizers;

/// <summary>What an optimizer is built from: Adam's settings of the recipe and its own arguments (`optim_args`), each read by name.</summary>
/// <param name="optimizer">Name, for messages.</param>
/// <param name="adam">`adam_beta1`, `adam_beta2`, `adam_epsilon`.</param>
/// <param name="values">Its own arguments as texts.</param>
internal sealed class OptimizerArguments(string optimizer, (double Beta1, double Beta2, double Epsilon) adam, IReadOnlyDictionary<string, string> values)
{
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Hugging Face's form: <c>key=value, key=value</c>.</summary>
    /// <exception cref="InvalidInputException">A part without `=`, or a key that stands there twice.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string? text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair.Length < 2 || pair[0].Length == 0) throw new InvalidInputException($"`optim_args` has `{part}`, which is no `name=value`.", "optim_args", "Write it as momentum=0.9, nesterov=true.");
            if (!values.TryAdd(pair[0], pair[1])) throw new InvalidInputException($"`optim_args` has `{pair[0]}` twice.", "optim_args", "Remove one of them.");
        }
        return values;
    }

    public double Beta1 => Share("beta1", adam.Beta1);

    public double Beta2 => Share("beta2", adam.Beta2);

    public double Epsilon => NotNegative("eps", adam.Epsilon);

    /// <summary>A number from 0 to below 1.</summary>
    public double Share(string key, double fallback) => Number(key) is not { } number ? fallback : number is >= 0 and < 1 ? number : throw Wrong(key, $"is {Text(number)}; it must be at least 0 and below 1");

    public double NotNegative(string key, double fallback) => Number(key) is not { } number ? fallback : number >= 0 ? number : throw Wrong(key, $"is {Text(number)}; it must be at least 0");

    public double Positive(string key, double fallback) => Number(key) is not { } number ? fallback : number > 0 ? number : throw Wrong(key, $"is {Text(number)}; it must be above 0");

    public int Count(string key, int fallback) =>
        Number(key) is not { } number ? fallback : number is >= 0 and <= int.MaxValue && number == Math.Floor(number) ? (int)number : throw Wrong(key, $"is {Text(number)}, not a whole number");

    /// <summary>Null if it is not given or `None`.</summary>
    public double? Number(string key)
    {
        if (Given(key) is not { } text || text is "None" or "null") return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : throw Wrong(key, $"is `{text}`, not a number");
    }

    public bool Flag(string key, bool fallback) => Given(key)?.ToLowerInvariant() switch
    {
        null => fallback,
        "true" or "1" => true,
        "false" or "0" => false,
        string other => throw Wrong(key, $"is `{other}`; it can be true or false"),
    };

    public string Choice(string key, params string[] choices) =>
        Given(key) is not { } text ? choices[0] : choices.Contains(text) ? text : throw Wrong(key, $"is `{text}`; it can be {string.Join(", ", choices)}");

    public InvalidInputException Wrong(string key, string what) => new($"`{key}` of the optimizer {optimizer} {what}.", "optim_args", $"Change {key} in optim_args or remove it.");

    /// <exception cref="InvalidInputException">Something was given that the optimizer did not ask for.</exception>
    public void RefuseUnread()
    {
        if (values.Keys.FirstOrDefault(key => !_known.Contains(key)) is not { } unknown) return;
        string known = _known.Count == 0 ? "it takes none" : "it takes " + string.Join(", ", _known);
        throw new InvalidInputException($"The optimizer {optimizer} does not know `{unknown}`: {known}.", "optim_args", $"Remove {unknown} from optim_args.");
    }

    private string? Given(string key)
    {
        _known.Add(key);
        return values.GetValueOrDefault(key);
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
