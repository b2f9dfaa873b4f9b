using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.Tests.Contract.OwnMethod;

/// <summary>First of the three files of a method: its settings.</summary>
public sealed record GainSettings : IMethodOptions
{
    [Setting("Gain: which linear modules get a gain.", "增益：哪些线性层带增益。", Example = "[o_proj]")]
    public IReadOnlyList<string> GainModules { get; init; } = ["o_proj", "output.dense"];

    public void Validate()
    {
        if (GainModules.Count == 0) throw new InvalidInputException("`gain_modules` is empty.", null, "Name modules.");
    }
}
