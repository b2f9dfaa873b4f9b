using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;

/// <summary>Filters for values of any type.</summary>
internal static class GeneralFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("default", "default_value=, boolean=", Default),
        new("d", "default_value=, boolean=", Default),
        new("attr", "name", c => Subscript.AttributeOnly(c.Self, c.Context.Print(c.Required(0)), c.Context)),
        new("length", "", Length),
        new("count", "", Length),
    ];

    private static Value Default(BoundCall c) => c.Self is UndefinedValue || (c.Flag(1) && !c.Self.IsTrue) ? c[0] ?? TextValue.Empty : c.Self;

    private static IntegerValue Length(BoundCall c) =>
        IntegerValue.Of(c.Self.Length ?? throw JinjaException.Evaluation($"object of type '{c.Self.TypeName}' has no len()."));
}
