using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Replaced;

/// <summary>
/// A parameter of the base that an adapter trains as a whole: a bias, a norm, a module to save. The one of the two that is not
/// in use waits here, so that detaching gives the base back bit for bit.
/// </summary>
internal sealed class ReplacedParameter : IDisposable
{
    private readonly Tensor _other;

    /// <param name="parameter">Of the base.</param>
    /// <param name="storedName">Its name in the adapter's file.</param>
    /// <exception cref="InvalidInputException">It is stored in fewer bits.</exception>
    public ReplacedParameter(Parameter parameter, string storedName)
    {
        if (parameter.Packed is { } packed)
            throw new InvalidInputException($"{parameter.Name} is stored as {packed.Storage} and cannot be trained as a whole.", null, "Leave its module out, or load the base without quantization.");
        Parameter = parameter;
        StoredName = storedName;
        using var off = no_grad();
        _other = parameter.Value.clone().DetachFromDisposeScope();
    }

    public Parameter Parameter { get; }

    /// <summary>Its name in the adapter's file.</summary>
    public string StoredName { get; }

    /// <summary>Puts the adapter's values into the model and keeps the base's, or the other way round.</summary>
    public void Swap()
    {
        using var off = no_grad();
        using Tensor mine = Parameter.Value.clone();
        Parameter.Value.copy_(_other);
        _other.copy_(mine);
    }

    /// <summary>The adapter's values, wherever they are.</summary>
    public Tensor Values(bool attached) => attached ? Parameter.Value : _other;

    /// <summary>What merging does: the base's values give way.</summary>
    /// <param name="attached">Asked when the change is made.</param>
    public WeightChange Change(Func<bool> attached) => new(Parameter, value => value.copy_(Values(attached())), Replaces: true);

    public void Dispose() => _other.Dispose();
}
