namespace TuneSharp.Nn;

/// <summary>Trained keys and values that every token of every row sees in every layer (prefix tuning), in a <see cref="PrefixSlot"/>.</summary>
public interface IKeyValuePrefix
{
    /// <summary>n: virtual tokens.</summary>
    int NumTokens { get; }

    /// <summary>One of its parameters is trained now.</summary>
    bool Trained { get; }

    /// <summary>Keys and values of a layer, [n, key heads · head width] each, not rotated; made by functions of the tape.</summary>
    (Var Key, Var Value) Forward(Tape t, int layer);
}

/// <summary>Where a model looks for a prefix.</summary>
/// <param name="numLayers">Layers that ask for one.</param>
/// <param name="width">Key heads · head width of each.</param>
public sealed class PrefixSlot(int numLayers, int width)
{
    public int NumLayers => numLayers;

    public int Width => width;

    /// <summary>Filled and emptied between steps.</summary>
    public IKeyValuePrefix? Current { get; set; }

    /// <summary>Virtual tokens before every row; the positions of real tokens start behind them.</summary>
    public int NumTokens => Current?.NumTokens ?? 0;
}
