using TuneSharp.Models.Heads;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.ChatGlm;

/// <summary>ChatGLM2, ChatGLM3 and GLM-4 in their original layout. The Python code beside them is never run.</summary>
internal static class ChatGlmFamily
{
    public static ModelFamily Family { get; } = new("chatglm", config => SizesOf(ChatGlmConfig.Read(config)))
    {
        ClassName = "ChatGLM",
        Checkpoint = new CheckpointNames(ChatGlmDecoder.Body)
        {
            Heads = [ChatGlmDecoder.HeadName + ".", "classifier_head."],
            CausalLm = [ChatGlmDecoder.HeadName + "."],
            Buffers = [".rotary_pos_emb.inv_freq"],
        },
        CausalLm = (config, weights, computeType, warnings) =>
        {
            ChatGlmConfig sizes = ChatGlmConfig.Read(config);
            (Parameter embedding, Parameter head) = weights.Vocabulary(
                ChatGlmDecoder.EmbeddingName + ".weight", ChatGlmDecoder.HeadName + ".weight", sizes.VocabularySize, sizes.HiddenSize, sizes.TieWordEmbeddings);
            return new LanguageModel(new ChatGlmDecoder(sizes, embedding, weights, computeType), ChatGlmDecoder.HeadName, head, warnings);
        },
    };

    private static ModelSizes SizesOf(ChatGlmConfig sizes) => ChatGlmDecoder.SizesOf(sizes).WithLanguageHead(ChatGlmDecoder.HeadName, sizes.TieWordEmbeddings);
}
