using TuneSharp.Data.Json;

namespace TuneSharp.Data.RowFormats;

/// <summary>Row formats that are recognised, so that their rows are never mistaken for something else, but not read yet.</summary>
internal static class KnownElsewhere
{
    /// <summary>Name of the format; null when the row is none of these.</summary>
    public static string? Recognise(JsonItem row)
    {
        if (Has(row, "chosen", "rejected") || Has(row, "preferred_output", "non_preferred_output") || Has(row, "preferred_completion", "non_preferred_completion")
            || Has(row, "chosen_messages", "rejected_messages")) return "preference";
        if (row["kto_tag"] is not null || (row["completion"] is not null && row["label"] is { Kind: JsonKind.True or JsonKind.False })) return "kto";
        if (row["label"] is not null && (row["text"] is not null || row["sentence"] is not null)) return "classification";
        return null;
    }

    private static bool Has(JsonItem row, string first, string second) => row[first] is not null && row[second] is not null;
}
