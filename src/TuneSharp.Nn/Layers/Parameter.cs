using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>A stored weight, and the sum of its gradients since <see cref="ClearGrad"/> if it is trained.</summary>
public sealed class Parameter : IDisposable
{
    private readonly Tensor? _value;
    private Tensor? _grad;
    private bool _hasGrad;

    /// <param name="name">The name in checkpoints.</param>
    /// <param name="value">Contiguous; float32, float64, bfloat16 or float16. Belongs to the parameter from here on.</param>
    public Parameter(string name, Tensor value)
    {
        Name = name;
        _value = value.DetachFromDisposeScope();
        Shape = value.shape;
    }

    /// <param name="name">The name in checkpoints.</param>
    /// <param name="packed">A matrix in fewer bits, which cannot be trained. Belongs to the parameter from here on.</param>
    public Parameter(string name, PackedMatrix packed)
    {
        Name = name;
        Packed = packed;
        Shape = [packed.Rows, packed.Columns];
    }

    public string Name { get; }

    /// <summary>The weight as stored. Whoever changes it changes it in place.</summary>
    /// <exception cref="InvalidInputException">It is <see cref="Packed"/>.</exception>
    public Tensor Value => _value ?? throw NeedsDense("read or changed as a whole");

    /// <summary>The matrix in fewer bits; null where <see cref="Value"/> is.</summary>
    public PackedMatrix? Packed { get; }

    /// <summary>Sizes of the weight, however it is stored.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <exception cref="InvalidInputException">A packed matrix is to be trained.</exception>
    public bool Trained
    {
        get;
        set => field = !value || Packed is null ? value : throw NeedsDense("trained");
    }

    public long NumElements => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Bytes in memory, without the gradient.</summary>
    public long Bytes => Packed?.Bytes ?? Value.numel() * Value.element_size();

    /// <summary>
    /// The gradient, of <see cref="Value"/>'s shape; null if nothing was added since <see cref="ClearGrad"/>. float32 also
    /// where the weight or the computation is narrower (sums of micro-batches), float64 in float64. Its memory stays
    /// the same for the whole run.
    /// </summary>
    public Tensor? Grad => _hasGrad ? _grad : null;

    public void ClearGrad() => _hasGrad = false;

    /// <summary>Gives the gradient's memory back; <see cref="ClearGrad"/> keeps it for the next step.</summary>
    public void FreeGrad()
    {
        _hasGrad = false;
        _grad?.Dispose();
        _grad = null;
    }

    /// <summary>dThis += scale · a b.</summary>
    public void AddProduct(Tensor a, Tensor b, double scale = 1)
    {
        Tensor grad = Memory(a.dtype);
        if (grad.dtype == a.dtype)
        {
            Aten.AddMm(grad, a, b, scale, beta: _hasGrad ? 1 : 0);
            _hasGrad = true;
        }
        else
        {
            using Tensor product = a.mm(b);
            product.mul_(Number.Of(scale));
            Add(product);
        }
    }

    /// <summary>dThis += g, of any floating type.</summary>
    public void Add(Tensor g)
    {
        Tensor grad = Memory(g.dtype);
        if (_hasGrad) grad.add_(g, Number.One);
        else grad.copy_(g);
        _hasGrad = true;
    }

    /// <summary>dThis[index_i] += g_i: rows. Rows that occur more than once add up.</summary>
    public void AddRows(Tensor index, Tensor g)
    {
        Tensor grad = Memory(g.dtype);
        if (!_hasGrad) grad.zero_();
        _hasGrad = true;
        using Tensor wide = g.to(grad.dtype);
        grad.index_add_(0, index, wide, Number.One);
    }

    public void Dispose()
    {
        FreeGrad();
        _value?.Dispose();
        Packed?.Dispose();
    }

    private InvalidInputException NeedsDense(string what) => new($"The weight {Name} is stored as {Packed!.Storage} and cannot be {what}.", null,
        "Load the model with quantization: none, or use a method that leaves the weights of the linears as they are, for instance lora.");

    private Tensor Memory(ScalarType computed)
    {
        ScalarType type = computed == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        if (_grad is not null && _grad.dtype != type) FreeGrad();
        return _grad ??= torch.empty(Value.shape, dtype: type).DetachFromDisposeScope();
    }
}
