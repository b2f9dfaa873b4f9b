using System.Runtime.InteropServices;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

/// <summary>What a call passes: positional values, then keyword values with different names.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct CallArguments(RenderContext context, IReadOnlyList<Value> positional, IReadOnlyList<KeyValuePair<string, Value>> keywords)
{
    public RenderContext Context { get; } = context;

    public IReadOnlyList<Value> Positional { get; } = positional;

    public IReadOnlyList<KeyValuePair<string, Value>> Keywords { get; } = keywords;

    public static CallArguments None(RenderContext context) => new(context, [], []);

    /// <summary>The same call without its first positional values.</summary>
    public CallArguments Skip(int count) => new(Context, [.. Positional.Skip(count)], Keywords);
}
