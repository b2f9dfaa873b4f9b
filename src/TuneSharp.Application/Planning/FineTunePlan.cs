using TuneSharp.Application.FineTuning;

namespace TuneSharp.Application.Planning;

/// <summary>What a plan is made for.</summary>
/// <param name="Model">Folder, GGUF file, or a name in the model store.</param>
/// <param name="Dataset">The rows.</param>
/// <param name="MemoryBytes">What the run may take; null: what the machine can give now.</param>
public sealed record PlanRequest(string Model, string Dataset, long? MemoryBytes = null);

/// <param name="Key">As in a recipe.</param>
/// <param name="Value">As it is written there.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record PlannedSetting(string Key, string Value, string Reason);

/// <summary>Settings for a run, each with its reason.</summary>
/// <param name="Request">The run as it would be started.</param>
/// <param name="Settings">What differs from the defaults, or matters.</param>
/// <param name="EstimatedBytes">Memory that it will take.</param>
/// <param name="MemoryBytes">Memory that it may take.</param>
/// <param name="NumRows">Rows to train on.</param>
/// <param name="NumSteps">Optimizer steps.</param>
public sealed record FineTunePlan(FineTuneRequest Request, IReadOnlyList<PlannedSetting> Settings, long EstimatedBytes, long MemoryBytes, int NumRows, int NumSteps)
{
    /// <summary>A recipe that <c>tunesharp train</c> takes as it stands.</summary>
    public string ToRecipe(Func<string, string> translate) => string.Join("\n", Settings.Select(setting => $"# {translate(setting.Reason)}\n{setting.Key}: {setting.Value}\n"));
}
