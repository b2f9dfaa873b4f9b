namespace TuneSharp.Nn;

/// <summary>
/// The sum of a sub-layer's output h and what went into it, with the norm behind it where the family has one: norm(x + h).
/// Its slot is where bottleneck adapters sit.
/// </summary>
/// <param name="name">The sub-layer, as in <c>model.layers.0.mlp</c>.</param>
/// <param name="width">D.</param>
public sealed class ResidualSum(string name, int width)
{
    public string Name => name;

    public int Width => width;

    /// <summary>Filled and emptied between steps.</summary>
    public IResidualAdapter? Adapter { get; set; }

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">What went into the sub-layer, [T, D].</param>
    /// <param name="h">What came out, [T, D]; it is spent.</param>
    /// <param name="norm">Behind the sum; null: none.</param>
    /// <returns>[T, D].</returns>
    public Var Forward(Tape t, Var x, Var h, Func<Tape, Var, Var>? norm = null)
    {
        if (Adapter is not null) return Adapter.Forward(t, x, h, norm);
        Var sum = t.Add(x, h);
        return norm is null ? sum : norm(t, sum);
    }
}

/// <summary>Something trained in the slot of a <see cref="ResidualSum"/>.</summary>
public interface IResidualAdapter
{
    /// <summary>One of its parameters is trained now.</summary>
    bool Trained { get; }

    /// <summary>What stands instead of norm(x + h), or of x + h where there is no norm; made by functions of the tape.</summary>
    Var Forward(Tape t, Var x, Var h, Func<Tape, Var, Var>? norm);
}
