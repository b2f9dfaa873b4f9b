using TuneSharp.Nn;

namespace TuneSharp.Peft.Lora;

/// <summary>What a LoRA takes on a model of given sizes.</summary>
internal static class LoraFootprint
{
    /// <exception cref="TuneSharp.Formats.InvalidInputException">The targets fit nothing.</exception>
    public static MethodFootprint Of(LoraConfig config, ModelSizes sizes)
    {
        HashSet<string> chosen = [.. LoraTargets.Of(config, sizes).Chosen];
        var embedding = new LinearSize(sizes.EmbeddingName, sizes.Shape.VocabularySize, sizes.Shape.HiddenSize, HasBias: false);
        LinearSize[] adapted = [.. sizes.Linears.Where(linear => chosen.Contains(linear.Name)), .. HeadOf(sizes).Where(head => chosen.Contains(head.Name))];
        var shapes = new List<long[]>();
        foreach (LinearSize linear in adapted) AddShapes(shapes, config, linear);
        if (chosen.Contains(embedding.Name)) AddShapes(shapes, config with { UseDora = false, HasLoraBias = false }, embedding);
        if (config.TrainableTokens is { } tokens) shapes.Add([tokens.Parts.Sum(part => part.Ids.Count), sizes.Shape.HiddenSize]);
        foreach (LinearSize linear in sizes.Linears.Where(linear => IsSaved(config, linear.Name)))
        {
            shapes.Add([linear.Out, linear.In]);
            if (linear.HasBias) shapes.Add([linear.Out]);
        }
        if (IsSaved(config, embedding.Name)) shapes.Add([embedding.In, embedding.Out]);
        if (!sizes.TiedHead) shapes.AddRange(HeadOf(sizes).Where(head => IsSaved(config, head.Name)).Select(head => (long[])[head.Out, head.In]));
        // With DoRA the linear's output is kept too, for the magnitude's gradient.
        return new MethodFootprint(shapes)
        {
            KeptPerToken = adapted.Where(linear => linear.Name != sizes.HeadName).ToDictionary(linear => linear.Name, linear => config.RankOf(linear.Name) + (config.UseDora ? linear.Out : 0)),
            Warnings = [.. adapted.Where(linear => config.RankOf(linear.Name) > Math.Min(linear.In, linear.Out)).Take(1)
                .Select(linear => $"The rank {config.RankOf(linear.Name)} is above the sizes of {linear.Name} ({linear.Out} × {linear.In}): a rank of {Math.Min(linear.In, linear.Out)} can learn the same.")],
        };
    }

    private static void AddShapes(List<long[]> shapes, LoraConfig config, LinearSize linear)
    {
        int rank = config.RankOf(linear.Name);
        shapes.Add([rank, linear.In]);
        shapes.Add([linear.Out, rank]);
        if (config.UseDora) shapes.Add([linear.Out]);
        if (config.HasLoraBias) shapes.Add([linear.Out]);
    }

    private static IEnumerable<LinearSize> HeadOf(ModelSizes sizes) =>
        sizes.HeadName is { } head ? [new LinearSize(head, sizes.Shape.HiddenSize, sizes.Shape.VocabularySize, HasBias: false)] : [];

    private static bool IsSaved(LoraConfig config, string module) => config.ModulesToSave?.Any(name => module.EndsWith(name, StringComparison.Ordinal)) == true;
}
