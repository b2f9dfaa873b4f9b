using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.TapeTests;

/// <summary>Who holds memory, and how much there is.</summary>
public sealed class WorkspaceTests
{
    [Fact]
    public void Memory_goes_back_with_the_last_holder_and_is_used_again()
    {
        using var workspace = new Workspace();
        Buffer a = workspace.Rent(3, 5);
        a.Sole.ShouldBeTrue();
        a.Hold().ShouldBeSameAs(a);
        a.Sole.ShouldBeFalse();
        a.Release();
        a.Alive.ShouldBeTrue();
        long bytes = workspace.TotalBytes;
        a.Release();
        a.Alive.ShouldBeFalse();
        Should.Throw<ObjectDisposedException>(() => a.Tensor);
        Should.Throw<ObjectDisposedException>(a.Release);
        using Buffer b = workspace.Rent(15);
        workspace.TotalBytes.ShouldBe(bytes);
        b.Tensor.shape.ShouldBe([15]);
        Should.Throw<ObjectDisposedException>(() => a.Tensor, "a stale buffer never shows another one's numbers");
    }

    [Fact]
    public void Varying_sizes_stay_near_what_was_in_use_at_once()
    {
        using var workspace = new Workspace();
        var random = new Random(1);
        for (int step = 0; step < 300; step++)
        {
            long tokens = random.Next(1, 3000);
            Buffer[] rented = [.. Enumerable.Range(0, 10).Select(i => workspace.Rent(tokens, 8 + i))];
            foreach (Buffer buffer in rented) buffer.Release();
            workspace.TotalBytes.ShouldBeLessThanOrEqualTo((long)(1.25 * workspace.PeakBytes) + 1);
        }
        workspace.Trim();
        workspace.TotalBytes.ShouldBe(0);
    }

    [Fact]
    public void A_tape_counts_and_takes_back_what_nobody_gave_back()
    {
        using var workspace = new Workspace();
        var t = new Tape(workspace);
        _ = workspace.Rent(4);
        t.Dispose();
        t.NumForgotten.ShouldBe(1);
        workspace.NumRented.ShouldBe(0);
    }

    [Fact]
    public void Spent_values_cannot_be_read()
    {
        using var workspace = new Workspace();
        using var t = new Tape(workspace);
        using Tensor numbers = Tensors.Normal(1, ScalarType.Float32, 2, 3);
        Var x = t.Leaf(numbers, needsGrad: true), y = t.Leaf(numbers, needsGrad: true);
        t.Add(x, y);
        Should.Throw<InvalidOperationException>(() => y.Data).Message.ShouldContain("spent");
        t.Block(x, (t, v) => t.Add(v, t.Leaf(numbers)));
        Should.Throw<InvalidOperationException>(() => x.Data);
    }

    [Fact]
    public void After_an_exception_everything_goes_back()
    {
        using var workspace = new Workspace();
        using Tensor numbers = Tensors.Normal(1, ScalarType.Float32, 2, 3);
        foreach (bool recompute in (bool[])[false, true])
        {
            var t = new Tape(workspace);
            Var x = t.Leaf(numbers, needsGrad: true);
            Func<Tape, Var, Var> fails = (t, v) => throw new InvalidDataException(t.Add(v, t.Leaf(numbers)).Width.ToString());
            Should.Throw<InvalidDataException>(() => recompute ? t.Recompute(x, fails) : t.Block(x, fails));
            t.Dispose();
            t.NumForgotten.ShouldBe(0);
            workspace.NumRented.ShouldBe(0);
        }
    }

    [Fact]
    public void An_exception_in_backward_names_the_function_and_loses_no_memory()
    {
        using var workspace = new Workspace();
        using Tensor numbers = Tensors.Normal(1, ScalarType.Float32, 2, 3);
        var t = new Tape(workspace);
        Var x = t.Leaf(numbers, needsGrad: true);
        Buffer y = t.Rent(2, 3);
        t.Keep(x);
        Var z = t.Record(y, true, dY => dY.Tensor.mm(dY.Tensor), null, "Square");
        Buffer one = workspace.Rent(2, 3);
        Should.Throw<InvalidOperationException>(() => t.Backward(z, one)).Message.ShouldStartWith("Square, backward: ");
        t.Dispose();
        t.NumForgotten.ShouldBe(0);
    }

    [Fact]
    public void A_tape_switches_autograd_off_and_on_again()
    {
        is_grad_enabled().ShouldBeTrue();
        using (var workspace = new Workspace())
        using (new Tape(workspace))
            is_grad_enabled().ShouldBeFalse();
        is_grad_enabled().ShouldBeTrue();
    }
}
