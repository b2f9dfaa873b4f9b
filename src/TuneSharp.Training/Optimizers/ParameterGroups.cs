using TuneSharp.Nn;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Optimizers;

/// <summary>How the trained parameters are divided: by decay as Hugging Face's Trainer does, or by decay and learning rate for LoRA+.</summary>
public static class ParameterGroups
{
    public static IReadOnlyList<ParameterGroup> Of(IReadOnlyList<Parameter> trained, TrainingSettings settings) => settings.LoraplusLrRatio is { } ratio
        ? LoraPlus(trained, settings.LearningRate, settings.WeightDecay, ratio, settings.LoraplusLrEmbedding)
        : ByDecay(trained, settings.WeightDecay);

    /// <summary>Those that decay (<see cref="WeightDecayRule"/>) and those that do not.</summary>
    public static IReadOnlyList<ParameterGroup> ByDecay(IReadOnlyList<Parameter> trained, double weightDecay) => NotEmpty(
        new([.. trained.Where(p => WeightDecayRule.Decays(p.Name))], weightDecay),
        new([.. trained.Where(p => !WeightDecayRule.Decays(p.Name))]));

    /// <summary>
    /// LoRA+ (Hayou et al. 2024, arXiv:2402.12354): the matrix B, which starts at 0, learns faster than A. As PEFT divides them: vectors
    /// belong to B's side; biases alone do not decay; the matrices of an adapted embedding have a rate of their own.
    /// </summary>
    /// <param name="trained">What is trained.</param>
    /// <param name="learningRate">Peak rate: what the embedding's own rate is a factor on.</param>
    /// <param name="weightDecay">Of all but biases.</param>
    /// <param name="ratio">Rate of B / rate of A.</param>
    /// <param name="embeddingRate">Peak rate of an adapted embedding.</param>
    public static IReadOnlyList<ParameterGroup> LoraPlus(IReadOnlyList<Parameter> trained, double learningRate, double weightDecay, double ratio, double embeddingRate)
    {
        ILookup<Part, Parameter> parts = trained.ToLookup(PartOf);
        return NotEmpty(new([.. parts[Part.A]], weightDecay), new([.. parts[Part.Embedding]], weightDecay, embeddingRate / learningRate),
            new([.. parts[Part.B]], weightDecay, ratio), new([.. parts[Part.Bias]], 0, ratio));
    }

    private enum Part { A, Embedding, B, Bias }

    private static Part PartOf(Parameter parameter)
    {
        if (parameter.Name.Contains(".lora_embedding_", StringComparison.Ordinal)) return Part.Embedding;
        if (!parameter.Name.Contains("lora_B", StringComparison.Ordinal) && parameter.Value.ndim != 1) return Part.A;
        return parameter.Name.Contains("bias", StringComparison.Ordinal) ? Part.Bias : Part.B;
    }

    private static IReadOnlyList<ParameterGroup> NotEmpty(params IEnumerable<ParameterGroup> groups) => [.. groups.Where(group => group.Parameters.Count > 0)];
}
