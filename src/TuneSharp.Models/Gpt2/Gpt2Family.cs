using TuneSharp.Models.Heads;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Gpt2;

/// <summary>GPT-2 in all sizes, DistilGPT-2 and others with the layout, also with the Hub's names that lack the transformer's.</summary>
internal static class Gpt2Family
{
    public static ModelFamily Family { get; } = new("gpt2", config => SizesOf(Gpt2Config.Read(config)))
    {
        ClassName = "GPT2",
        Checkpoint = new CheckpointNames(Gpt2Decoder.Body)
        {
            Heads = ["lm_head.", "score.", "multiple_choice_head.", "classifier.", "qa_outputs."],
            Buffers = [".attn.bias", ".attn.masked_bias"], // the triangle of what a token sees, and the number in its corner
        },
        CausalLm = (config, weights, computeType, warnings) =>
        {
            Gpt2Config sizes = Gpt2Config.Read(config);
            (Parameter embedding, Parameter head) = weights.Vocabulary(
                Gpt2Decoder.EmbeddingName + ".weight", Gpt2Decoder.HeadName + ".weight", sizes.VocabularySize, sizes.HiddenSize, sizes.TieWordEmbeddings);
            return new LanguageModel(new Gpt2Decoder(sizes, embedding, weights, computeType), Gpt2Decoder.HeadName, head, warnings);
        },
    };

    private static ModelSizes SizesOf(Gpt2Config sizes) => Gpt2Decoder.SizesOf(sizes).WithLanguageHead(Gpt2Decoder.HeadName, sizes.TieWordEmbeddings);
}
