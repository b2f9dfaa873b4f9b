using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Nn;

namespace TuneSharp.Models.Heads;

/// <summary>Which model a config.json stands for, and how large it is with the head of its task.</summary>
internal static class TaskSizes
{
    private const string ClassifierEnding = "ForSequenceClassification", MaskedLmEnding = "ForMaskedLM";

    /// <summary>architectures names a sequence classifier.</summary>
    public static bool IsClassifier(this HfConfig config) => config.Architectures.Any(name => name.EndsWith(ClassifierEnding, StringComparison.Ordinal));

    /// <summary>architectures names a masked language model.</summary>
    public static bool IsMaskedLm(this HfConfig config) => config.Architectures.Any(name => name.EndsWith(MaskedLmEnding, StringComparison.Ordinal));

    /// <summary>The library's class for a classifier, as in BertForSequenceClassification.</summary>
    public static string ClassifierOf(ModelFamily family) => family.ClassName + ClassifierEnding;

    /// <summary>The library's class for a masked language model.</summary>
    public static string MaskedLmOf(ModelFamily family) => family.ClassName + MaskedLmEnding;

    /// <summary>A decoder with a head over the vocabulary.</summary>
    public static ModelSizes WithLanguageHead(this ModelSizes body, string name, bool tied) => body with { HeadName = name, TiedHead = tied };

    /// <summary>A transformer with the head of a task.</summary>
    /// <param name="body">The transformer's sizes.</param>
    /// <param name="head">The head's linears.</param>
    /// <param name="own">Those of them that count as linears of the model.</param>
    public static ModelSizes WithTaskHead(this ModelSizes body, IReadOnlyList<LinearSize> head, IReadOnlyList<LinearSize> own) => body with
    {
        Linears = [.. body.Linears, .. own],
        OtherParameters = body.OtherParameters + head.Except(own).Sum(linear => linear.NumParameters),
    };
}
