using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;

/// <summary>Filters that compare elements. Upper and lower case are one unless <c>case_sensitive</c> is true.</summary>
internal static class OrderFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("sort", "reverse=, case_sensitive=, attribute=", Sort),
        new("dictsort", "case_sensitive=, by=, reverse=", DictSort),
        new("unique", "case_sensitive=, attribute=", Unique),
        new("groupby", "attribute, default=, case_sensitive=", GroupBy),
        new("min", "case_sensitive=, attribute=", c => Extreme(c, wantsGreater: false)),
        new("max", "case_sensitive=, attribute=", c => Extreme(c, wantsGreater: true)),
    ];

    private static ListValue Sort(BoundCall c)
    {
        Func<Value, Value> key = AttributeGetter.ForSeveral(c[2], c.Context, ignoreCase: !c.Flag(1));
        return c.Context.NewList(Sorting.Sort(c.Context.ToList(c.Self), key, c.Flag(0), c.Context));
    }

    private static ListValue DictSort(BoundCall c)
    {
        string by = c.Text(1, "key");
        if (by is not ("key" or "value")) throw JinjaException.Evaluation("dictsort sorts by either \"key\" or \"value\".");
        if (c.Self is UndefinedValue undefined) throw undefined.Failure();
        if (c.Self is not DictValue dict) throw JinjaException.Evaluation($"dictsort needs a mapping, not '{c.Self.TypeName}'.");
        RenderContext context = c.Context;
        bool ignoreCase = !c.Flag(0);
        Value[] pairs = [.. dict.Pairs.Select(pair => (Value)context.NewTuple(pair.Key, pair.Value))];
        return context.NewList(Sorting.Sort(pairs, Key, c.Flag(2), context));

        Value Key(Value pair)
        {
            Value side = ((TupleValue)pair).Items[by == "key" ? 0 : 1];
            return ignoreCase ? AttributeGetter.IgnoreCase(side, context) : side;
        }
    }

    private static IteratorValue Unique(BoundCall c)
    {
        RenderContext context = c.Context;
        Value self = c.Self;
        Func<Value, Value> key = AttributeGetter.For(c[1], context, ignoreCase: !c.Flag(0));
        return new IteratorValue(Distinct(), self, context);

        IEnumerable<Value> Distinct()
        {
            var seen = new HashSet<Value>(KeyComparer.Instance);
            foreach (Value item in context.Iterate(self))
            {
                Value itemKey = key(item);
                context.Budget.Elements(2);
                context.Budget.Work(itemKey.Weight);
                Hashing.RequireHashable(itemKey);
                if (seen.Add(itemKey)) yield return item;
            }
        }
    }

    private static ListValue GroupBy(BoundCall c)
    {
        RenderContext context = c.Context;
        bool ignoreCase = !c.Flag(2);
        Func<Value, Value> key = AttributeGetter.For(c[0], context, c[1], ignoreCase), shownKey = AttributeGetter.For(c[0], context, c[1]);
        var groups = new List<Value>();
        var members = new List<Value>();
        Value? current = null;
        foreach (Value item in Sorting.Sort(context.ToList(c.Self), key, reverse: false, context))
        {
            Value itemKey = key(item);
            if (current is not null && !Comparison.AreEqual(current, itemKey, context)) Close();
            current ??= itemKey;
            members.Add(item);
        }
        if (current is not null) Close();
        return context.NewList(groups);

        void Close()
        {
            groups.Add(new GroupValue(ignoreCase ? shownKey(members[0]) : current!, context.NewList(members), context));
            members = [];
            current = null;
        }
    }

    private static Value Extreme(BoundCall c, bool wantsGreater)
    {
        Func<Value, Value> key = AttributeGetter.For(c[1], c.Context, ignoreCase: !c.Flag(0));
        Value? best = null, bestKey = null;
        foreach (Value item in c.Context.Iterate(c.Self))
        {
            Value itemKey = key(item);
            bool better = bestKey is null || (wantsGreater ? Comparison.IsGreater(itemKey, bestKey, c.Context) : Comparison.IsLess(itemKey, bestKey, c.Context));
            if (better) (best, bestKey) = (item, itemKey);
        }
        return best ?? new UndefinedValue("There is no aggregated item: the sequence was empty.");
    }
}
