using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Functions;

public sealed class LookupTests
{
    [Fact]
    public void A_frozen_row_gets_no_gradient_and_the_others_theirs()
    {
        using var workspace = new Workspace();
        using var table = new Parameter("table", Tensors.Normal(1, ScalarType.Float32, 4, 3)) { Trained = true };
        using var t = new Tape(workspace);
        Var y = t.Lookup(table, [2, 1, 2, 0, 1], frozenRow: 1);
        Buffer dY = workspace.Rent(5, 3);
        dY.Tensor.fill_(1);
        t.Backward(y, dY);
        Tensors.Numbers(table.Grad!).ShouldBe([1, 1, 1, 0, 0, 0, 2, 2, 2, 0, 0, 0]);
    }

    [Fact]
    public void A_row_outside_the_table_is_named()
    {
        using var workspace = new Workspace();
        using var table = new Parameter("positions", Tensors.Normal(1, ScalarType.Float32, 4, 3));
        using var t = new Tape(workspace);
        Should.Throw<ArgumentOutOfRangeException>(() => t.Lookup(table, [4])).Message.ShouldContain("positions has 4 rows");
    }
}
