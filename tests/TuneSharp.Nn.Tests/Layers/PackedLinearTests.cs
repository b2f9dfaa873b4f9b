using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Gguf;
using TuneSharp.Kernels;
using TuneSharp.Nn.Tests.Support;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Layers;

/// <summary>A packed weight computes, forward and backward, as the dense matrix that it stands for.</summary>
public sealed class PackedLinearTests
{
    private const int Rows = 37, Columns = 64;

    public static TheoryData<string> Storages => ["nf4", "nf4 nested", "fp4", "int8", "Q8_0"];

    [Theory]
    [MemberData(nameof(Storages))]
    public void It_computes_as_its_unpacked_copy(string storage)
    {
        using DisposeScope scope = NewDisposeScope();
        using PackedMatrix packed = Pack(storage), again = Pack(storage);
        Tensor dense = Unpacked(packed, ScalarType.Float32);
        (Tensor y, Tensor dX) ofPacked = Step(new Parameter("l.weight", again)), ofDense = Step(new Parameter("l.weight", dense.clone()));
        Tensors.Numbers(ofPacked.y).ShouldBe(Tensors.Numbers(ofDense.y));
        Tensors.Numbers(ofPacked.dX).ShouldBe(Tensors.Numbers(ofDense.dX));
    }

    [Theory]
    [MemberData(nameof(Storages))]
    public void Rows_come_alone_and_in_every_type_as_in_the_whole(string storage)
    {
        using DisposeScope scope = NewDisposeScope();
        using PackedMatrix packed = Pack(storage);
        packed.Storage.ShouldBe(storage.Split(' ')[0]);
        (packed.Rows, packed.Columns).ShouldBe((Rows, Columns));
        packed.Bytes.ShouldBeLessThan(Rows * Columns * 5 / 4);
        Tensor whole = Unpacked(packed, ScalarType.Float32), some = empty([5, Columns], dtype: ScalarType.Float32);
        packed.Unpack(11, some);
        Tensors.Numbers(some).ShouldBe(Tensors.Numbers(whole.narrow(0, 11, 5)));
        foreach (ScalarType type in (ScalarType[])[ScalarType.BFloat16, ScalarType.Float16, ScalarType.Float64])
            Tensors.Numbers(Unpacked(packed, type)).ShouldBe(Tensors.Numbers(whole.to(type)), type.ToString());
        Should.Throw<ArgumentException>(() => packed.Unpack(Rows - 4, some));
        Should.Throw<ArgumentException>(() => packed.Unpack(0, empty([1, Columns - 1])));
    }

    [Theory]
    [InlineData(31, 64, 64, false), InlineData(7, 33, 64, true), InlineData(5, 13, 64, false), InlineData(300, 65, 32, true), InlineData(1, 1, 64, false)]
    public void Blocks_run_across_rows(int rows, int columns, int blockSize, bool nested)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Tensors.Normal(3, ScalarType.Float32, rows, columns);
        using FourBitMatrix packed = FourBitMatrix.Quantise(x, FourBitTable.Nf4, blockSize, nested);
        Tensor whole = Unpacked(packed, ScalarType.Float32);
        for (int row = 0; row < rows; row++)
        {
            using Tensor one = empty([1, columns], dtype: ScalarType.Float32);
            packed.Unpack(row, one);
            Tensors.Numbers(one).ShouldBe(Tensors.Numbers(whole.narrow(0, row, 1)));
        }
        // Half the widest step of NF4, and what the scale loses in 8 bits.
        (whole - x).abs().max().item<float>().ShouldBeLessThan(0.17f * x.abs().max().item<float>());
    }

    [Fact]
    public void A_packed_weight_cannot_be_trained_or_read_as_a_whole()
    {
        using var weight = new Parameter("l.weight", Pack("nf4"));
        weight.Shape.ShouldBe([Rows, Columns]);
        Should.Throw<InvalidInputException>(() => weight.Trained = true).Message.ShouldContain("l.weight");
        Should.Throw<InvalidInputException>(() => weight.Value).Message.ShouldContain("quantization: none");
        weight.Trained = false;
    }

    [Fact]
    public void Without_training_int8_rounds_its_input_but_not_outliers()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor w = Tensors.Normal(1, ScalarType.Float32, Rows, Columns), x = Tensors.Normal(2, ScalarType.Float32, 6, Columns);
        x[2, 5] = 50;
        double Error(double threshold)
        {
            using var weight = new Parameter("l.weight", Int8Matrix.Quantise(w, threshold));
            double[] exact = Tensors.Numbers(x.mm(Unpacked(weight.Packed!, ScalarType.Float32).t()));
            using var workspace = new Workspace();
            using var tape = new Tape(workspace, recording: false);
            double[] found = Tensors.Numbers(new Linear("l", weight).Forward(tape, tape.Leaf(x)).Data);
            return found.Zip(exact, (f, e) => Math.Abs(f - e)).Max();
        }
        Error(6).ShouldBeLessThan(0.3);
        Error(0).ShouldBeGreaterThan(2 * Error(6));
    }

    [Fact]
    public void Numbers_without_a_size_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Tensors.Normal(1, ScalarType.Float32, 3, 8);
        x[1, 2] = double.NaN;
        Should.Throw<NotFiniteNumberException>(() => FourBitMatrix.Quantise(x, FourBitTable.Nf4));
        x[1, 2] = 1e6;
        Should.Throw<NotFiniteNumberException>(() => Int8Matrix.Quantise(x));
    }

    [Fact]
    public void Unpacking_allocates_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using PackedMatrix packed = Pack("nf4 nested");
        Tensor target = empty([Rows, Columns], dtype: ScalarType.BFloat16);
        packed.Unpack(0, target);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) packed.Unpack(0, target);
        // The shape of the tensor is asked for, as a small array each time; no buffer of the matrix's size.
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 20).ShouldBeLessThan(512);
    }

    private static PackedMatrix Pack(string storage)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Tensors.Normal(7, ScalarType.Float32, Rows, Columns);
        return storage switch
        {
            "nf4" => FourBitMatrix.Quantise(x, FourBitTable.Nf4),
            "nf4 nested" => FourBitMatrix.Quantise(x, FourBitTable.Nf4, doubleQuantised: true),
            "fp4" => FourBitMatrix.Quantise(x, FourBitTable.Fp4, blockSize: 128),
            "int8" => Int8Matrix.Quantise(x),
            _ => new GgufMatrix(Rows, Columns, GgmlType.Q8_0, tensor(Blocks(Rows * Columns / 32))),
        };
    }

    /// <summary>Q8_0: a float16 scale and 32 signed bytes.</summary>
    private static byte[] Blocks(int count)
    {
        var random = new Random(5);
        byte[] bytes = new byte[34 * count];
        random.NextBytes(bytes);
        for (int i = 0; i < count; i++) BitConverter.TryWriteBytes(bytes.AsSpan(34 * i), (Half)(0.01 + (0.01 * random.NextDouble())));
        return bytes;
    }

    private static Tensor Unpacked(PackedMatrix packed, ScalarType type)
    {
        Tensor target = empty([packed.Rows, packed.Columns], dtype: type);
        packed.Unpack(0, target);
        return target;
    }

    private static (Tensor Y, Tensor DX) Step(Parameter weight)
    {
        using var workspace = new Workspace();
        using var bias = new Parameter("l.bias", Tensors.Normal(4, ScalarType.Float32, Rows));
        using (weight)
        {
            using var tape = new Tape(workspace);
            Var x = tape.Leaf(Tensors.Normal(2, ScalarType.Float32, 9, Columns), needsGrad: true);
            Var y = new Linear("l", weight, bias).Forward(tape, x);
            Tensor copy = y.Data.clone();
            Buffer gradient = workspace.Rent(9, Rows);
            gradient.Tensor.copy_(Tensors.Normal(3, ScalarType.Float32, 9, Rows));
            tape.Backward(y, gradient);
            using Buffer dX = Tape.GradientOf(x)!;
            return (copy, dX.Tensor.clone());
        }
    }
}
