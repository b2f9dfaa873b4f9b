using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>Nonlinearities of an MLP.</summary>
public enum Activation
{
    /// <summary>x · sigmoid(x).</summary>
    Silu,

    /// <summary>x · Φ(x), Φ the normal distribution function.</summary>
    Gelu,

    /// <summary>0.5 · x · (1 + tanh(sqrt(2/π) · (x + 0.044715 · x³))).</summary>
    GeluTanh,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>tanh(x).</summary>
    Tanh,
}

internal static class Activations
{
    /// <summary>y = activation(x).</summary>
    public static void Forward(this Activation activation, Tensor x, Tensor y)
    {
        switch (activation)
        {
            case Activation.Silu: Aten.Silu(x, y); break;
            case Activation.Gelu or Activation.GeluTanh: Aten.Gelu(x, y, activation == Activation.GeluTanh); break;
            case Activation.Relu: y.copy_(x).relu_(); break;
            case Activation.Tanh: y.copy_(x).tanh_(); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation));
        }
    }

    /// <summary>Turns d, the gradient of activation(x), into that of x, in place.</summary>
    public static void Backward(this Activation activation, Tensor d, Tensor x)
    {
        switch (activation)
        {
            case Activation.Silu: Aten.SiluBackward(d, x, d); break;
            case Activation.Gelu or Activation.GeluTanh: Aten.GeluBackward(d, x, d, activation == Activation.GeluTanh); break;
            case Activation.Relu: Aten.ReluBackward(d, x, d); break;
            case Activation.Tanh: TanhBackward(d, x); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation));
        }
    }

    /// <summary>d · (1 - tanh(x)²).</summary>
    private static void TanhBackward(Tensor d, Tensor x)
    {
        using Tensor y = x.tanh();
        d.addcmul_(d, y.mul_(y), Number.MinusOne);
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    public static Tensor Reference(this Activation activation, Tensor x) => activation switch
    {
        Activation.Silu => x * x.sigmoid(),
        Activation.Gelu => x * 0.5 * (1 + (x / Math.Sqrt(2)).erf()),
        Activation.GeluTanh => x * 0.5 * (1 + ((x + 0.044715 * x.pow(3)) * Math.Sqrt(2 / Math.PI)).tanh()),
        Activation.Tanh => x.tanh(),
        _ => x.relu(),
    };
}
