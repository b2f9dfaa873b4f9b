using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;

/// <summary>Python's sorted(): stable (also in reverse), by <c>&lt;</c> alone, an error where two keys cannot be compared.</summary>
internal static class Sorting
{
    public static List<Value> Sort(IReadOnlyList<Value> items, Func<Value, Value> key, bool reverse, RenderContext context)
    {
        var entries = new (Value Key, Value Item)[items.Count];
        for (int i = 0; i < entries.Length; i++) entries[i] = (key(items[i]), items[i]);
        MergeSort(entries, new (Value, Value)[entries.Length], 0, entries.Length, reverse, context);
        return [.. entries.Select(entry => entry.Item)];
    }

    private static void MergeSort((Value Key, Value Item)[] entries, (Value Key, Value Item)[] scratch, int from, int to, bool reverse, RenderContext context)
    {
        if (to - from < 2) return;
        int middle = from + ((to - from) / 2);
        MergeSort(entries, scratch, from, middle, reverse, context);
        MergeSort(entries, scratch, middle, to, reverse, context);
        int left = from, right = middle;
        for (int i = from; i < to; i++)
        {
            bool takeRight = left == middle || (right < to && Precedes(entries[right].Key, entries[left].Key, reverse, context));
            scratch[i] = takeRight ? entries[right++] : entries[left++];
        }
        Array.Copy(scratch, from, entries, from, to - from);
    }

    private static bool Precedes(Value later, Value earlier, bool reverse, RenderContext context) =>
        reverse ? Comparison.IsLess(earlier, later, context) : Comparison.IsLess(later, earlier, context);
}
