using System.Text.Json.Nodes;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Application.Tests.Recipes;

/// <summary>A request with a setting of each type that the binder knows.</summary>
public sealed record ExampleRequest
{
    public FirstPart First { get; init; } = new();

    public SecondPart Second { get; init; } = new();
}

public enum Fruit
{
    Apple,
    RedCurrant,
}

public sealed record FirstPart
{
    [Setting("The rate.", "学习率。", Aliases = ["lr"], Example = "3e-4", Unit = "1")]
    public double LearningRate { get; init; } = 3e-4;

    [Setting("Steps.", "步数。", Example = "10")]
    public int MaxSteps { get; init; } = -1;

    [Setting("Seed.", "种子。")]
    public long Seed { get; init; } = 42;

    [Setting("Patience.", "耐心。")]
    public int? Patience { get; init; }

    [Setting("Alpha.", "系数。")]
    public double? Alpha { get; init; } = 2;

    [Setting("A flag.", "开关。")]
    public bool Flag { get; init; }
}

public sealed record SecondPart
{
    [Setting("A name.", "名称。", Aliases = ["title"])]
    public string Name { get; init; } = "none";

    [Setting("A path.", "路径。")]
    public string? Path { get; init; }

    [Setting("A fruit.", "水果。", Aliases = ["obst"])]
    public Fruit Fruit { get; init; } = Fruit.Apple;

    [Setting("Words.", "词。", Aliases = ["lora_target"], Example = "[a, b]")]
    public IReadOnlyList<string> TargetModules { get; init; } = ["q_proj", "v_proj"];

    [Setting("Arguments.", "参数。")]
    public JsonObject? Kwargs { get; init; }

    [Setting("Dtype.", "类型。")]
    public string ComputeDtype { get; init; } = "auto";

    [Setting("Evaluate every.", "评估间隔。")]
    public double? EvalSteps { get; init; } = 7;

    [Setting("Weights.", "权重。")]
    public string WeightsDtype { get; init; } = "auto";

    [Setting("Bias.", "偏置。")]
    public IReadOnlyDictionary<int, double> LogitBias { get; init; } = new Dictionary<int, double>();
}
