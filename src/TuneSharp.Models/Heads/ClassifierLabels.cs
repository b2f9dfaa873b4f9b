using System.Globalization;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Json;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Models.Heads;

/// <summary>What the numbers of a classifier mean, as config.json tells it: <c>id2label</c>, <c>label2id</c>, <c>num_labels</c>, <c>problem_type</c>.</summary>
/// <param name="Names">N names in the order of the logits.</param>
/// <param name="Problem">What they are.</param>
public sealed record ClassifierLabels(IReadOnlyList<string> Names, ProblemType Problem)
{
    private const int MaxLabels = 1 << 20, DefaultLabels = 2;

    /// <summary>The library's rule: without id2label there are num_labels (2 if that is missing) of them, called LABEL_0 and so on; without problem_type one number is a value and more are classes.</summary>
    /// <exception cref="TuneSharp.Formats.InvalidInputException">Names the field that is wrong.</exception>
    public static ClassifierLabels Read(HfConfig config)
    {
        string[] names = config.GetObject("id2label") is { } map && map.Json.Count > 0
            ? ReadNames(config, map)
            : [.. Enumerable.Range(0, config.GetInt("num_labels", 1, MaxLabels, DefaultLabels)).Select(Unnamed)];
        ProblemType problem = config.GetString("problem_type") is { } name
            ? ProblemTypeNames.Parse(name) ?? throw config.Wrong("problem_type", $"It must be {string.Join(", ", Enum.GetValues<ProblemType>().Select(p => p.Name()))} or null.")
            : names.Length == 1 ? ProblemType.Regression : ProblemType.SingleLabelClassification;
        if (problem == ProblemType.SingleLabelClassification && names.Length == 1)
            throw config.Wrong("problem_type", "A head with one label cannot tell classes apart.", "Set it to regression or multi_label_classification, or name more labels.");
        return new ClassifierLabels(names, problem);
    }

    /// <summary>True where nobody named the labels: LABEL_0, LABEL_1 and so on.</summary>
    public bool AreUnnamed => Names.Select((name, i) => name == Unnamed(i)).All(same => same);

    /// <summary>A config for a model with such a head; everything else as it is in <paramref name="config"/>.</summary>
    /// <param name="config">Of any model of the family.</param>
    /// <param name="architecture">The library's class, as in <c>BertForSequenceClassification</c>.</param>
    /// <exception cref="ArgumentException">Two names are equal, or one class has nothing to be told from.</exception>
    public HfConfig In(HfConfig config, string architecture)
    {
        JsonObject json = config.Json.DeepClone().AsObject();
        json["architectures"] = new JsonArray(architecture);
        json["model_type"] = config.ModelType;
        json["id2label"] = new JsonObject(Names.Select((name, i) => KeyValuePair.Create(i.ToString(CultureInfo.InvariantCulture), (JsonNode?)name)));
        json["label2id"] = new JsonObject(Names.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)i)));
        json["problem_type"] = Problem.Name();
        json.Remove("num_labels"); // id2label says it
        return HfConfig.Parse(json.ToJsonString(), config.Where);
    }

    private static string Unnamed(int i) => $"LABEL_{i}";

    private static string[] ReadNames(HfConfig config, CheckedFields map)
    {
        var names = new string?[map.Json.Count];
        foreach ((string key, _) in map.Json)
        {
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id >= names.Length || names[id] is not null)
                throw config.Wrong("id2label", $"Its names must be the numbers from 0 to {names.Length - 1}, not {Quoted.Text(key)}.");
            names[id] = map.GetString(key) ?? throw map.Missing(key, "the name of a label");
        }
        if (config.GetIntOrNull("num_labels", 1, MaxLabels) is { } count && count != names.Length)
            throw config.Wrong("num_labels", $"id2label names {names.Length} labels.", "Correct one of the two.");
        return names!;
    }
}
