using TuneSharp.Formats;
using TuneSharp.Models;

namespace TuneSharp.Inference.Generation;

/// <summary>Whether a model can read a prompt and answer it.</summary>
internal static class PromptCheck
{
    /// <exception cref="InvalidInputException">The prompt is empty, holds an id that the model does not have, or fills the context.</exception>
    public static void Check(IReadOnlyList<int> prompt, IModel model)
    {
        if (prompt.Count == 0) throw new InvalidInputException("The prompt is empty.", null, "Write at least one character.");
        if (prompt.Count >= model.MaxTokens)
        {
            throw new InvalidInputException(
                $"The prompt has {prompt.Count} tokens, and the model's context is {model.MaxTokens}: there is no room for an answer.", null, "Shorten it, or begin a new conversation.");
        }
        foreach (int id in prompt)
        {
            if ((uint)id >= (uint)model.Shape.VocabularySize)
                throw new InvalidInputException($"The prompt holds the token id {id}, but the model has {model.Shape.VocabularySize} tokens.", null, "Use the tokenizer that belongs to the model.");
        }
    }
}
