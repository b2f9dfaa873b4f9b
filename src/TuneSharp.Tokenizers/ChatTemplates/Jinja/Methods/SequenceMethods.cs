using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;

/// <summary>The methods of list, tuple and range that change nothing.</summary>
internal static class SequenceMethods
{
    private static readonly MethodTable s_ofAll = new(
        new Builtin("count", "value, /", c => IntegerValue.Of(Positions(c).Count())),
        new Builtin("index", "value, start=, stop=, /", Index));

    private static readonly MethodTable s_ofLists = new(new Builtin("copy", "", c => c.Self));

    public static Value? Find(Value owner, string name) => s_ofAll.Bind(owner, name) ?? (owner is ListValue ? s_ofLists.Bind(owner, name) : null);

    private static IEnumerable<int> Positions(BoundCall c)
    {
        int position = 0;
        foreach (Value item in c.Context.Iterate(c.Self))
        {
            c.Budget.Work(Math.Min(item.Weight, c.Required(0).Weight));
            if (Comparison.AreSame(item, c.Required(0))) yield return position;
            position++;
        }
    }

    private static IntegerValue Index(BoundCall c)
    {
        int length = c.Self.Length!.Value;
        int start = Clamp(c.Int(1, 0), length), stop = Clamp(c.Int(2, length), length);
        foreach (int position in Positions(c))
            if (position >= start && position < stop) return IntegerValue.Of(position);
        throw JinjaException.Evaluation($"The {c.Self.TypeName} does not hold the value that index() looks for.");
    }

    private static int Clamp(int index, int length) => Math.Clamp(index < 0 ? index + length : index, 0, length);
}
