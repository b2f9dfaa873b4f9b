using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>Something trained beside a frozen weight (LoRA, …) in a slot of <see cref="Linear.Adapters"/>.</summary>
public interface ILinearAdapter
{
    /// <summary>One of its parameters is trained now.</summary>
    bool Trained { get; }

    /// <summary>
    /// Adds its part to <paramref name="y"/> and says what backward has to do.
    /// </summary>
    /// <param name="t">Keeps what backward reads (<see cref="Tape.Keep(Var)"/>), if <paramref name="x"/> needs a gradient or the
    /// adapter is trained; the linear records the node afterwards.</param>
    /// <param name="linear">Whose slot it is: its name, sizes, weight.</param>
    /// <param name="x">The linear's input, [T, In].</param>
    /// <param name="y">The output so far, [T, Out], to be added to in place.</param>
    /// <returns>
    /// Gets dY [T, Out], which it must not change: adds to its own parameters' gradients if trained and, if x needs a
    /// gradient (frozen or not!), its part of dX by <see cref="Var.AddProduct"/>.
    /// </returns>
    Action<Tensor> Forward(Tape t, Linear linear, Var x, Tensor y);
}
