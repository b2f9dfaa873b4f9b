using System.CommandLine;
using TuneSharp.Application;
using TuneSharp.Application.Recipes;
using TuneSharp.Cli.Texts;
using TuneSharp.Formats;

namespace TuneSharp.Cli.Commands;

/// <summary>
/// Options made from the settings of a request: <c>--key value</c> for each key and alias, with - or _ between words. The
/// help page shows those that most people need; `tunesharp settings` shows all.
/// </summary>
internal sealed class SettingOptions
{
    /// <summary>Short names that the help page shows in the place of the key.</summary>
    private static readonly Dictionary<string, string> ShortNames = new() { ["model_name_or_path"] = "model", ["dataset"] = "data" };

    private readonly List<(SettingDescription Setting, Option Option)> _options = [];

    private SettingOptions()
    {
    }

    /// <param name="command">Gets the options.</param>
    /// <param name="shown">Keys that the help page shows.</param>
    public static SettingOptions AddTo<TRequest>(Command command, Wording words, params string[] shown)
        where TRequest : new()
    {
        var all = new SettingOptions();
        // Tuning methods share keys (target_modules): one option stands for all of them.
        var taken = new HashSet<string>();
        foreach (SettingDescription setting in SettingCatalog.For<TRequest>().All)
        {
            string[] names = [.. setting.Names.Prepend(ShortNames.GetValueOrDefault(setting.Key, setting.Key)).SelectMany(name => (string[])[$"--{name}", $"--{name.Replace('_', '-')}"]).Distinct().Where(taken.Add)];
            if (names.Length == 0) continue;
            Option option = setting.Type == typeof(bool) ? new Option<bool?>(names[0], names[1..]) : new Option<string?>(names[0], names[1..]);
            option.Hidden = !shown.Contains(setting.Key);
            option.HelpName = setting.Type == typeof(bool) ? null : "VALUE";
            option.Description = words.Language == Language.Chinese ? setting.Setting.Chinese : setting.Setting.Description;
            command.Add(option);
            all._options.Add((setting, option));
        }

        // Words that are no option are looked at afterwards, so that a mistyped key can be answered with the nearest one.
        command.TreatUnmatchedTokensAsErrors = false;
        return all;
    }

    /// <summary>The overrides that were given.</summary>
    /// <param name="positional">Values of the command's arguments: an unknown `--key` before them lands there.</param>
    /// <exception cref="InvalidInputException">An option that is no key.</exception>
    public IReadOnlyList<RecipeEntry> Read<TRequest>(ParseResult parsed, params string?[] positional)
        where TRequest : new()
    {
        List<RecipeEntry> entries = OtherKeys<TRequest>([.. positional.OfType<string>(), .. parsed.UnmatchedTokens]);
        foreach ((SettingDescription setting, Option option) in _options)
        {
            if (parsed.GetResult(option) is not { Implicit: false } result) continue;
            string where = result.IdentifierToken?.Value ?? option.Name;
            string text = option is Option<bool?> ? (parsed.GetValue((Option<bool?>)option) ?? true ? "true" : "false") : parsed.GetValue((Option<string?>)option) ?? "";
            entries.Add(new RecipeEntry(setting.Key, new RecipeScalar(text, Quoted: false, where), where));
        }

        return entries;
    }

    // Keys of other programs: they say the same as in a recipe file.
    private static List<RecipeEntry> OtherKeys<TRequest>(string[] words)
        where TRequest : new()
    {
        var entries = new List<RecipeEntry>();
        for (int i = 0; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
                throw new InvalidInputException($"'{words[i]}' has no option before it.", null, "Values belong behind an option: --key value.");
            string[] parts = words[i][2..].Split('=', 2);
            string key = parts[0].Replace('-', '_');
            string value = parts.Length == 2 ? parts[1] : i + 1 < words.Length && !words[i + 1].StartsWith("--", StringComparison.Ordinal) ? words[++i] : "true";

            var entry = new RecipeEntry(key, new RecipeScalar(value, Quoted: false, $"--{parts[0]}"), $"--{parts[0]}");
            RecipeBinder.Bind<TRequest>(new RecipeMap([], "command line"), [entry]);    // an unknown one is refused here, before a value behind it is taken for one
            entries.Add(entry);
        }
        return entries;
    }
}
