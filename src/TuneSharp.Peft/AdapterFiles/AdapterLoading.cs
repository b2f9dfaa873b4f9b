using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;

namespace TuneSharp.Peft.AdapterFiles;

/// <summary>Making a method from a folder; what fails says what the adapter was made for, and frees what was made.</summary>
internal static class AdapterLoading
{
    /// <param name="folder">The adapter.</param>
    /// <param name="keys">Of its config.</param>
    /// <param name="make">Makes the method for the model.</param>
    /// <exception cref="InvalidInputException">The config's targets are not on the model.</exception>
    public static TMethod Make<TMethod>(AdapterFolder folder, CommonKeys keys, Func<TMethod> make)
    {
        try
        {
            return make();
        }
        catch (InvalidInputException e)
        {
            throw new InvalidInputException("The adapter does not fit this model. " + e.Problem, folder.Weights.Path, $"It was made for {keys.BaseModel ?? "another model"}.", e);
        }
    }

    /// <exception cref="InvalidInputException">A tensor is missing, left over or of another shape.</exception>
    public static TMethod ReadAndAttach<TMethod>(AdapterFolder folder, TMethod method)
        where TMethod : ITuningMethod
    {
        try
        {
            method.Read(folder);
            method.Attach();
            return method;
        }
        catch
        {
            method.Dispose();
            throw;
        }
    }
}
