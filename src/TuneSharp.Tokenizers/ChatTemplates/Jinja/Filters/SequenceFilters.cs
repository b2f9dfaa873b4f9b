using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;

/// <summary>Filters that take a sequence apart or build one.</summary>
internal static class SequenceFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("first", "", c => c.Context.Iterate(c.Self).FirstOrDefault() ?? Nothing("first")),
        new("last", "", c => (Reversed(c.Self, c.Context) ?? throw NotReversible(c.Self)).FirstOrDefault() ?? Nothing("last")),
        new("random", "", Random),
        new("list", "", c => c.Context.NewList(c.Context.ToList(c.Self))),
        new("reverse", "", Reverse),
        new("items", "", Items),
        new("batch", "linecount, fill_with=", Batch),
        new("slice", "slices, fill_with=", Slice),
    ];

    private static UndefinedValue Nothing(string which) => new($"There is no {which} item: the sequence was empty.");

    private static JinjaException NotReversible(Value value) => JinjaException.Evaluation($"'{value.TypeName}' object is not reversible.");

    /// <summary>The elements from the end; null when the type, like a generator, only goes forward.</summary>
    private static List<Value>? Reversed(Value value, RenderContext context)
    {
        if (value is not (SequenceValue or TextValue or DictValue or DictViewValue or RangeValue or UndefinedValue)) return null;
        List<Value> items = context.ToList(value);
        items.Reverse();
        return items;
    }

    private static Value Reverse(BoundCall c)
    {
        if (c.Self is TextValue text) return text.Item(new SliceValue(NoneValue.Instance, NoneValue.Instance, IntegerValue.Of(-1)), c.Context)!;
        if (Reversed(c.Self, c.Context) is IEnumerable<Value> reversed) return new IteratorValue(reversed, c.Self, c.Context, "reversed");
        List<Value> items = c.Context.ToList(c.Self);
        items.Reverse();
        return c.Context.NewList(items);
    }

    private static Value Random(BoundCall c)
    {
        if (c.Self is not (TextValue or SequenceValue or RangeValue or UndefinedValue)) throw JinjaException.Evaluation($"random needs a sequence, not '{c.Self.TypeName}'.");
        List<Value> items = c.Context.ToList(c.Self);
        return items.Count == 0 ? Nothing("random") : items[c.Context.Random.Next(items.Count)];
    }

    private static IteratorValue Items(BoundCall c)
    {
        RenderContext context = c.Context;
        return c.Self switch
        {
            UndefinedValue => new IteratorValue([], c.Self, context),
            DictValue dict => new IteratorValue(dict.Pairs.Select(pair => (Value)context.NewTuple(pair.Key, pair.Value)), c.Self, context),
            _ => new IteratorValue(Enumerable.Repeat(c.Self, 1).Select(Refuse), c.Self, context),
        };

        static Value Refuse(Value value) => throw JinjaException.Evaluation($"Can only get item pairs from a mapping, not from '{value.TypeName}'.");
    }

    private static IteratorValue Batch(BoundCall c)
    {
        RenderContext context = c.Context;
        Value self = c.Self;
        int count = c.Int(0);
        Value? fill = c.IsGiven(1) ? c[1] : null;
        return new IteratorValue(Batches(), self, context);

        IEnumerable<Value> Batches()
        {
            var batch = new List<Value>();
            foreach (Value item in context.Iterate(self))
            {
                if (batch.Count == count)
                {
                    yield return context.NewList(batch);
                    batch = [];
                }
                batch.Add(item);
            }
            if (batch.Count == 0) yield break;
            if (fill is not null && batch.Count < count)
            {
                context.Budget.Elements(count);
                while (batch.Count < count) batch.Add(fill);
            }
            yield return context.NewList(batch);
        }
    }

    private static IteratorValue Slice(BoundCall c)
    {
        RenderContext context = c.Context;
        Value self = c.Self;
        int numSlices = c.Int(0);
        Value? fill = c.IsGiven(1) ? c[1] : null;
        return new IteratorValue(Slices(), self, context);

        IEnumerable<Value> Slices()
        {
            List<Value> items = context.ToList(self);
            if (numSlices == 0) throw JinjaException.Evaluation("slice needs at least one slice.");
            int each = items.Count / numSlices, longer = items.Count % numSlices, start = 0;
            for (int i = 0; i < numSlices; i++)
            {
                int count = i < longer ? each + 1 : each;
                List<Value> part = items.GetRange(start, count);
                start += count;
                if (fill is not null && i >= longer) part.Add(fill);
                yield return context.NewList(part);
            }
        }
    }
}
