using System.Reflection;
using TorchSharp;
using TuneSharp.Nn.Runtime;
using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.RuntimeTests;

/// <summary>Every TorchScript function once: an unknown name in them would end the process.</summary>
public sealed class AtenTests
{
    private const double Tolerance = 1e-12;

    [Fact]
    public void Every_function_computes_what_its_name_says()
    {
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        Tensor a = Draw(1, 4, 3), b = Draw(2, 3, 5), o = torch.empty(4, 5, dtype: float64);
        Aten.Mm(a, b, o);
        Near(o, a.mm(b));
        Aten.AddMm(o, a, b, 0.5, 2);
        Near(o, a.mm(b) * 2.5);
        o.fill_(double.NaN);
        Aten.AddMm(o, a, b, 0.5, 0);
        Near(o, a.mm(b) * 0.5);

        Tensor p = Draw(3, 2, 4, 3), q = Draw(4, 2, 3, 5), r = torch.empty(2, 4, 5, dtype: float64);
        Aten.Bmm(p, q, r);
        Near(r, p.bmm(q));
        Aten.AddBmm(r, p, q);
        Near(r, p.bmm(q) * 2);

        Tensor x = Draw(5, 3, 7), d = Draw(6, 3, 7), soft = x.clone();
        Aten.Softmax(soft);
        Near(soft, x.softmax(-1));
        Gradient(x, d, v => v.softmax(-1), g => Aten.SoftmaxBackward(g, soft));

        Tensor y = torch.empty_like(x);
        Aten.Silu(x, y);
        Near(y, x * x.sigmoid());
        Gradient(x, d, v => v * v.sigmoid(), g => Aten.SiluBackward(g, x, g));
        foreach (bool tanh in (bool[])[false, true])
        {
            Activation gelu = tanh ? Activation.GeluTanh : Activation.Gelu;
            Aten.Gelu(x, y, tanh);
            Near(y, gelu.Reference(x));
            Gradient(x, d, v => gelu.Reference(v), g => Aten.GeluBackward(g, x, g, tanh));
        }
        Gradient(x, d, v => v.relu(), g => Aten.ReluBackward(g, x, g));

        Aten.Mul(x, d, y);
        Near(y, x * d);
        Tensor rows = torch.empty(2, 7, dtype: float64), index = torch.tensor((long[])[2, 0]);
        Aten.Rows(x, index, rows);
        Near(rows, x.index_select(0, index));
    }

    [Fact]
    public void The_test_above_knows_every_function()
    {
        string[] known = ["Mm", "AddMm", "Bmm", "AddBmm", "Softmax", "SoftmaxBackward", "Silu", "SiluBackward", "Gelu", "GeluBackward", "ReluBackward", "Mul", "Rows"];
        typeof(Aten).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(m => m.Name).ShouldBe(known, ignoreOrder: true);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Softmax_in_place_reads_before_it_writes(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (long width in (long[])[1, 2, 7, 8, 9, 31, 64, 65, 257, 1023])
        {
            Tensor x = Tensors.Normal(7, type, 33, width) * 4, expected = x.softmax(-1), inPlace = x.clone();
            Aten.Softmax(inPlace);
            Tensors.Numbers(inPlace).ShouldBe(Tensors.Numbers(expected), $"width {width}");
            Tensor d = Tensors.Normal(8, type, 33, width), copy = d.clone();
            Aten.SoftmaxBackward(copy, expected);
            Tensor p = expected.to(float64), wide = d.to(float64), wanted = p * (wide - (wide * p).sum(1, true));
            Tensors.RelativeError(copy, wanted).ShouldBeLessThan(type == ScalarType.Float32 ? 1e-6 : 1e-2, $"width {width}");
        }
    }

    private static void Gradient(Tensor x, Tensor d, Func<Tensor, Tensor> f, Action<Tensor> inPlace)
    {
        Tensor leaf = x.clone().requires_grad_(true);
        using (enable_grad()) (f(leaf) * d).sum().backward();
        Tensor g = d.clone();
        inPlace(g);
        Near(g, leaf.grad!);
    }

    private static void Near(Tensor actual, Tensor expected) => Tensors.RelativeError(actual, expected).ShouldBeLessThan(Tolerance);

    private static Tensor Draw(int seed, params long[] shape) => Tensors.Normal(seed, ScalarType.Float64, shape);
}
