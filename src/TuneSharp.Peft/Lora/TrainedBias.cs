using TorchSharp;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Lora;

/// <summary>A bias of the base that the adapter trains. The one of the two that is not in use waits here.</summary>
internal sealed class TrainedBias : IDisposable
{
    private readonly Tensor _other;

    public TrainedBias(Parameter parameter, string storedName)
    {
        Parameter = parameter;
        StoredName = storedName;
        using var off = no_grad();
        _other = parameter.Value.clone().DetachFromDisposeScope();
    }

    public Parameter Parameter { get; }

    /// <summary>Its name in the adapter's file.</summary>
    public string StoredName { get; }

    /// <summary>Puts the adapter's bias into the model and keeps the base's, or the other way round.</summary>
    public void Swap()
    {
        using var off = no_grad();
        using Tensor mine = Parameter.Value.clone();
        Parameter.Value.copy_(_other);
        _other.copy_(mine);
    }

    /// <summary>The adapter's values, wherever they are.</summary>
    public Tensor Values(bool attached) => attached ? Parameter.Value : _other;

    public void Dispose() => _other.Dispose();
}
