using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Runtime;

/// <summary>
/// libtorch operators that TorchSharp does not offer, chiefly those that write into a given tensor, reached through
/// TorchScript. A name that libtorch does not know ends the process when the script is compiled, so the text is a
/// constant and a test runs every function of it.
/// </summary>
internal static class Aten
{
    // The text must end with a newline.
    private const string Source = """
        def mm(a: Tensor, b: Tensor, o: Tensor):
            torch.mm(a, b, out=o)

        def addmm(o: Tensor, a: Tensor, b: Tensor, beta: float, alpha: float):
            torch.addmm(o, a, b, beta=beta, alpha=alpha, out=o)

        def bmm(a: Tensor, b: Tensor, o: Tensor):
            torch.bmm(a, b, out=o)

        def baddbmm(o: Tensor, a: Tensor, b: Tensor):
            o.baddbmm_(a, b)

        def softmax(x: Tensor):
            torch._softmax(x, -1, False, out=x)

        def softmax_backward(d: Tensor, p: Tensor):
            torch._softmax_backward_data(d, p, -1, p.dtype, grad_input=d)

        def silu(x: Tensor, o: Tensor):
            torch.silu(x, out=o)

        def silu_backward(d: Tensor, x: Tensor, o: Tensor):
            torch.silu_backward(d, x, grad_input=o)

        def gelu(x: Tensor, o: Tensor):
            torch.gelu(x, out=o)

        def gelu_backward(d: Tensor, x: Tensor, o: Tensor):
            torch.gelu_backward(d, x, grad_input=o)

        def gelu_tanh(x: Tensor, o: Tensor):
            torch.gelu(x, approximate="tanh", out=o)

        def gelu_tanh_backward(d: Tensor, x: Tensor, o: Tensor):
            torch.gelu_backward(d, x, approximate="tanh", grad_input=o)

        def relu_backward(d: Tensor, x: Tensor, o: Tensor):
            torch.threshold_backward(d, x, 0, grad_input=o)

        def mul(a: Tensor, b: Tensor, o: Tensor):
            torch.mul(a, b, out=o)

        def index_select(x: Tensor, index: Tensor, o: Tensor):
            torch.index_select(x, 0, index, out=o)


        """;

    private static readonly Lazy<jit.CompilationUnit> Unit = new(() => jit.compile(Source));

    /// <summary>o = a b; o may be a slice of columns.</summary>
    public static void Mm(Tensor a, Tensor b, Tensor o) => Run("mm", a, b, o);

    /// <summary>o = beta · o + alpha · a b; with beta 0 the former o is not read.</summary>
    public static void AddMm(Tensor o, Tensor a, Tensor b, double alpha = 1, double beta = 1) => Run("addmm", o, a, b, Number.Of(beta), Number.Of(alpha));

    /// <summary>o_n = a_n b_n for every n. o must be contiguous, or the batch is done one by one.</summary>
    public static void Bmm(Tensor a, Tensor b, Tensor o) => Run("bmm", a, b, o);

    /// <summary>o_n += a_n b_n for every n.</summary>
    public static void AddBmm(Tensor o, Tensor a, Tensor b) => Run("baddbmm", o, a, b);

    /// <summary>Softmax over the last dimension, in place.</summary>
    public static void Softmax(Tensor x) => Run("softmax", x);

    /// <summary>Turns d, the gradient of p = softmax(x), into the gradient of x, in place.</summary>
    public static void SoftmaxBackward(Tensor d, Tensor p) => Run("softmax_backward", d, p);

    /// <summary>o = x · sigmoid(x).</summary>
    public static void Silu(Tensor x, Tensor o) => Run("silu", x, o);

    /// <summary>o = d · silu'(x); o may be d.</summary>
    public static void SiluBackward(Tensor d, Tensor x, Tensor o) => Run("silu_backward", d, x, o);

    /// <summary>o = x · Φ(x), or its tanh form.</summary>
    public static void Gelu(Tensor x, Tensor o, bool tanh) => Run(tanh ? "gelu_tanh" : "gelu", x, o);

    /// <summary>o = d · gelu'(x); o may be d.</summary>
    public static void GeluBackward(Tensor d, Tensor x, Tensor o, bool tanh) => Run(tanh ? "gelu_tanh_backward" : "gelu_backward", d, x, o);

    /// <summary>o = d where x > 0, else 0; o may be d.</summary>
    public static void ReluBackward(Tensor d, Tensor x, Tensor o) => Run("relu_backward", d, x, o);

    /// <summary>o = a · b, elementwise with broadcasting; o may be a or b.</summary>
    public static void Mul(Tensor a, Tensor b, Tensor o) => Run("mul", a, b, o);

    /// <summary>o_i = x[index_i]: rows.</summary>
    public static void Rows(Tensor x, Tensor index, Tensor o) => Run("index_select", x, index, o);

    private static void Run(string function, params object[] arguments) => _ = Unit.Value.invoke(function, arguments);
}
