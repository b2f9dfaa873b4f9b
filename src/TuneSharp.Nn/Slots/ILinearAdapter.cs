using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// Something trained beside a frozen weight (LoRA, IA3, …) in a slot of <see cref="Linear.Adapters"/>. It does one or more of three
/// things: change the input, add to the output in place, change the output. A linear runs all adapters' first, then its
/// product and all sums, then all adapters' last.
/// </summary>
public interface ILinearAdapter
{
    /// <summary>One of its parameters is trained now.</summary>
    bool Trained { get; }

    /// <summary>What the linear gets instead of <paramref name="x"/>, made by functions of the tape.</summary>
    /// <param name="t">Where it is recorded.</param>
    /// <param name="linear">Whose slot it is: its name, sizes, weight.</param>
    /// <param name="x">[T, In].</param>
    /// <returns>[T, In].</returns>
    Var Before(Tape t, Linear linear, Var x) => x;

    /// <summary>
    /// Adds its part to <paramref name="y"/> and says what backward has to do.
    /// </summary>
    /// <param name="t">Keeps what backward reads (<see cref="Tape.Keep(Var)"/>), if <paramref name="x"/> needs a gradient or the
    /// adapter is trained; the linear records the node afterwards.</param>
    /// <param name="linear">Whose slot it is.</param>
    /// <param name="x">The linear's input, [T, In].</param>
    /// <param name="y">The output so far, [T, Out], to be added to in place.</param>
    /// <returns>
    /// Gets dY [T, Out], which it must not change: adds to its own parameters' gradients if trained and, if x needs a
    /// gradient (frozen or not!), its part of dX by <see cref="Var.AddProduct"/>. Null: it adds nothing.
    /// </returns>
    Action<Tensor>? Forward(Tape t, Linear linear, Var x, Tensor y) => null;

    /// <summary>What stands instead of <paramref name="y"/>, made by functions of the tape.</summary>
    /// <param name="t">Where it is recorded.</param>
    /// <param name="linear">Whose slot it is.</param>
    /// <param name="x">The linear's input, [T, In].</param>
    /// <param name="y">Its output with bias and all sums, [T, Out].</param>
    /// <returns>[T, Out].</returns>
    Var After(Tape t, Linear linear, Var x, Var y) => y;
}
