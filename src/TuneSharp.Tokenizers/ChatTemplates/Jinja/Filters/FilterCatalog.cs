using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;

/// <summary>All filters by name.</summary>
internal static class FilterCatalog
{
    private static readonly Dictionary<string, Builtin> s_filters = Builtin.Table(
    [
        .. TextFilters.All, .. LayoutFilters.All, .. HtmlFilters.All, .. NumberFilters.All, .. SequenceFilters.All, .. OrderFilters.All, .. SelectionFilters.All, .. GeneralFilters.All,
    ]);

    public static bool Knows(string name) => s_filters.ContainsKey(name);

    public static Value Apply(string name, Value input, in CallArguments arguments) =>
        s_filters.TryGetValue(name, out Builtin? filter) ? filter.Invoke(input, arguments) : throw JinjaException.Evaluation($"There is no filter named '{name}'.");
}
