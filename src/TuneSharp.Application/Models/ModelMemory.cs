using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Application.Models;

/// <summary>What using a model takes in memory.</summary>
internal static class ModelMemory
{
    private static readonly (string Name, int Bytes)[] Types = [("float32", 4), ("bfloat16", 2)];

    public static ModelInspection Fill(ModelInspection model, HfConfig config) => model with
    {
        Memory = [.. Types.Select(type => new MemoryNeed("weights", type.Name, model.Parameters * type.Bytes))],
    };
}
