using TorchSharp;

namespace TuneSharp.Nn.Runtime;

/// <summary>
/// Numbers as arguments of native operators. TorchSharp wraps each in a native object with a finalizer, and nothing keeps the
/// wrapper alive while native code reads it: a garbage collection on another thread at that moment frees it, and the operator
/// computes with whatever lies there then (a test shows it). So no number is converted on the fly: constants live for ever,
/// others for the next <see cref="Recent"/> numbers of their thread. A test holds that no other code makes one.
/// </summary>
public static class Number
{
    /// <summary>Numbers of a thread that are alive; a native call has at most three.</summary>
    private const int Recent = 64;

    [ThreadStatic]
    private static Scalar[]? t_recent;

    [ThreadStatic]
    private static int t_next;

    public static readonly Scalar Zero = 0L.ToScalar();

    public static readonly Scalar One = 1L.ToScalar();

    public static readonly Scalar MinusOne = (-1L).ToScalar();

    public static Scalar Of(double value) => Keep(value.ToScalar());

    public static Scalar Of(long value) => Keep(value.ToScalar());

    private static Scalar Keep(Scalar number)
    {
        Scalar[] recent = t_recent ??= new Scalar[Recent];
        recent[t_next]?.Dispose();
        recent[t_next] = number;
        t_next = (t_next + 1) % Recent;
        return number;
    }
}
