using TuneSharp.Tokenizers;

namespace TuneSharp.Data.Rendering;

/// <summary>
/// A prompt and its continuation without any template, for base models: the text of one and then of the other, with EOS behind it. As TRL
/// prepares <c>prompt</c> and <c>completion</c>: both are tokenized together and the prompt alone; what their ids have in common from the
/// front is the prompt, the rest is learned.
/// </summary>
internal static class PlainCompletion
{
    public static TrainingExample Render(Tokenizer tokenizer, string prompt, string completion, bool trainOnPrompt)
    {
        string eos = tokenizer.SpecialTokens.Eos?.Text ?? "";
        int[] promptIds = tokenizer.EncodeIds(prompt, addSpecialTokens: true);
        int[] ids = tokenizer.EncodeIds(completion.EndsWith(eos, StringComparison.Ordinal) ? prompt + completion : prompt + completion + eos, addSpecialTokens: true);
        if (trainOnPrompt) return new TrainingExample(ids, ids);
        int[] labels = [.. ids];
        labels.AsSpan(0, ids.AsSpan().CommonPrefixLength(promptIds)).Fill(TrainingExample.Ignored);
        return new TrainingExample(ids, labels);
    }
}
