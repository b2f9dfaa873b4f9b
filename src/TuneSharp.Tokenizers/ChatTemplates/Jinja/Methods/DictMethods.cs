using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;

/// <summary>The methods of dict that change nothing.</summary>
internal static class DictMethods
{
    private static readonly MethodTable s_methods = new(
        new Builtin("get", "key, default=, /", c => ((DictValue)c.Self).Find(c.Required(0), c.Context) ?? c[1] ?? NoneValue.Instance),
        new Builtin("keys", "", c => new DictViewValue((DictValue)c.Self, "keys", c.Context)),
        new Builtin("values", "", c => new DictViewValue((DictValue)c.Self, "values", c.Context)),
        new Builtin("items", "", c => new DictViewValue((DictValue)c.Self, "items", c.Context)),
        new Builtin("copy", "", c => c.Self),
        new Builtin("fromkeys", "keys, value=, /", c =>
        {
            Value value = c[1] ?? NoneValue.Instance;
            return new DictValue(c.Context.ToList(c.Required(0)).Select(key => new KeyValuePair<Value, Value>(key, value)), c.Context);
        }));

    public static Value? Find(DictValue owner, string name) => s_methods.Bind(owner, name);
}
