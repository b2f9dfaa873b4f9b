namespace TuneSharp.Golden.Harness;

/// <summary>What one case gave. Deviation and tolerance are in the case's own units; equality cases give 0 or 1 against 0.</summary>
public sealed record GoldenResult(bool Agreed, double Deviation, double Tolerance, string? Reason = null)
{
    /// <summary>Both texts, ids or numbers must be the same.</summary>
    public static GoldenResult Equal(bool same, string? reasonIfNot = null) => new(same, same ? 0 : 1, 0, same ? null : reasonIfNot ?? "differs");

    /// <summary>The part of the program that would compute it does not exist yet: found, not agreed.</summary>
    public static GoldenResult NotBuilt(string part) => new(false, double.NaN, 0, part + " is not built yet");

    /// <summary>Agrees when every part does; otherwise the part that is furthest beyond its own tolerance speaks.</summary>
    public static GoldenResult All(IEnumerable<GoldenResult> parts)
    {
        GoldenResult? worst = null;
        foreach (GoldenResult part in parts)
            if (worst is null || Badness(part) > Badness(worst)) worst = part;
        return worst ?? new GoldenResult(false, double.NaN, 0, "nothing was compared");
    }

    private static double Badness(GoldenResult r)
    {
        double ratio = double.IsNaN(r.Deviation) ? double.MaxValue : r.Tolerance > 0 ? r.Deviation / r.Tolerance : r.Deviation;
        return r.Agreed ? Math.Min(ratio, 1) : 1 + ratio;
    }
}

/// <summary>One recorded case. <paramref name="Name"/> is the path below the topic's folder, entries of a file behind it.</summary>
public sealed record GoldenCase(string Name, Func<GoldenResult> Run)
{
    /// <summary>Part of every `./test.sh`, not of `./test.sh golden` alone. A slow case says false.</summary>
    public bool Quick { get; init; } = true;
}

/// <summary>A folder of golden data, as in <c>training/peft</c>, and how its cases are found and run.</summary>
public interface IGoldenTopic
{
    /// <summary>Folder below the fixtures root.</summary>
    string Topic { get; }

    /// <summary>Enumerates what lies in <paramref name="folder"/>; a case list never stands in code.</summary>
    IEnumerable<GoldenCase> Find(string folder);

    /// <summary>
    /// Changes one expected value in a copy of the topic's folder by ten tolerances (an id, a text: by one).
    /// </summary>
    /// <param name="copy">A writable copy of the folder.</param>
    /// <returns>The name of a case that must now disagree; null when the folder holds no case that this program agrees with.</returns>
    string? SpoilOne(string copy);
}
