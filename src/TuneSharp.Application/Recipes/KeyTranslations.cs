using TuneSharp.Formats;

namespace TuneSharp.Application.Recipes;

/// <summary>
/// Keys of Hugging Face's Trainer and LLaMA-Factory that say the same as a key here in other words: `bf16: true`,
/// `lora_target: all`, `eval_strategy: epoch`. Each becomes entries with our keys.
/// </summary>
internal static class KeyTranslations
{
    /// <param name="entry">The entry as given.</param>
    /// <param name="all">All entries of the same source, for keys that depend on one another.</param>
    /// <param name="notices">Gets a sentence where the meaning is not quite the same.</param>
    public static IEnumerable<RecipeEntry> Translate(RecipeEntry entry, IReadOnlyList<RecipeEntry> all, List<string> notices)
    {
        string? word = (entry.Value as RecipeScalar)?.Text;
        bool isTrue = word is not null && ScalarText.ToBool(word) == true;
        switch (entry.Key)
        {
            case "lora_target" or "lora_target_modules" or "target_modules" when word == "all":
                return [As(entry, entry.Key, "all-linear")];
            case "bf16" when isTrue:
                return [As(entry, "compute_dtype", "bfloat16")];
            case "fp16" when isTrue:
                notices.Add("fp16 is read as bf16: half precision with the range of float32.");
                return [As(entry, "compute_dtype", "bfloat16")];
            case "pure_bf16" when isTrue:
                return [As(entry, "compute_dtype", "bfloat16"), As(entry, "weights_dtype", "bfloat16")];
            case "bf16" or "fp16" or "pure_bf16" when word is not null && (ScalarText.ToBool(word) == false || word is "auto" or "null"):
                return [];
            case "eval_strategy" or "evaluation_strategy":
                return Cadence(entry, all, "eval_steps", word);
            case "save_strategy":
                return Cadence(entry, all, "save_steps", word);
            case "logging_strategy":
                return Cadence(entry, all, "logging_steps", word);
            default:
                return [entry];
        }
    }

    /// <summary>A strategy says whether the number of steps counts: `no` is 0, `epoch` is null (each epoch), `steps` is the number.</summary>
    private static RecipeEntry[] Cadence(RecipeEntry entry, IReadOnlyList<RecipeEntry> all, string stepsKey, string? word)
    {
        bool hasSteps = all.Any(other => other.Key == stepsKey);
        switch (word)
        {
            case "steps" when hasSteps || stepsKey == "logging_steps":
                return [];
            case "steps":
                throw new InvalidInputException($"`{entry.Key}: steps` needs `{stepsKey}`.", entry.Where, $"Add `{stepsKey}: 100`, for example.");
            case "epoch" when stepsKey != "logging_steps" && !hasSteps:
                return [As(entry, stepsKey, "null")];
            case "no" or "false" when stepsKey != "logging_steps" && !hasSteps:
                return [As(entry, stepsKey, "0")];
            case "epoch" or "no" or "false" when stepsKey != "logging_steps":
                throw new InvalidInputException($"`{entry.Key}: {word}` and `{stepsKey}` contradict each other.", entry.Where, "Remove one of them.");
            default:
                throw new InvalidInputException($"`{entry.Key}: {word}` is not supported.", entry.Where,
                    stepsKey == "logging_steps" ? "Use logging_steps." : $"It can be no, steps or epoch; or give only {stepsKey}.");
        }
    }

    private static RecipeEntry As(RecipeEntry entry, string key, string text) => new(key, new RecipeScalar(text, Quoted: false, entry.Value.Where), entry.Where);
}
