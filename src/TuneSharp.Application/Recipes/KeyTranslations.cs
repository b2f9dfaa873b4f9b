using TuneSharp.Formats;

namespace TuneSharp.Application.Recipes;

/// <summary>
/// Keys of Hugging Face's Trainer and LLaMA-Factory that say the same as a key here in other words: `bf16: true`,
/// `lora_target: all`, `eval_strategy: epoch`. Each becomes entries with our keys.
/// </summary>
internal static class KeyTranslations
{
    /// <summary>Keys that are no setting here and are translated.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["bf16", "fp16", "pure_bf16", "eval_strategy", "evaluation_strategy", "save_strategy", "logging_strategy", "group_by_length", "neat_packing", "packing_strategy", "truncation_mode", "completion_only_loss", "task_type", "lora_task_type", .. QuantizationKeys.Names];

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
            case "group_by_length":
                return isTrue ? [As(entry, "train_sampling_strategy", "group_by_length")] : [];
            case "packing" or "neat_packing" or "packing_strategy":
                return Packing(entry, all, notices);
            case "stage" when word is "pt":
                return [As(entry, "task", "pretraining")];
            case "stage" when word is "classification":
                return [As(entry, "task", word)];
            case "task_type" or "lora_task_type":
                return word switch
                {
                    "SEQ_CLS" => [As(entry, "task", "classification")],
                    "CAUSAL_LM" => [],
                    _ => throw new InvalidInputException($"`{entry.Key}` can be CAUSAL_LM or SEQ_CLS, not {entry.Value.Describe()}.", entry.Where),
                };
            case "problem_type" when word is "auto":
                return [As(entry, "problem_type", "null")];
            case "truncation_mode":
                return word == "keep_end" ? [As(entry, "overlong_rows", "truncate_start")] : word is "keep_start" ? [] : throw new InvalidInputException($"`truncation_mode` can be keep_start or keep_end, not {entry.Value.Describe()}.", entry.Where);
            case "completion_only_loss":
                return word is not null && ScalarText.ToBool(word) == false ? [As(entry, "train_on_prompt", "true")] : [];
            default:
                return QuantizationKeys.Names.Contains(entry.Key) ? QuantizationKeys.Translate(entry, all, notices) : [entry];
        }
    }

    /// <summary>
    /// `packing: true` of TRL comes with a strategy (bfd by itself); LLaMA-Factory's neat_packing is its knapsack with documents that do not
    /// see each other. Packing that mixes them is refused.
    /// </summary>
    private static RecipeEntry[] Packing(RecipeEntry entry, IReadOnlyList<RecipeEntry> all, List<string> notices)
    {
        bool? packs = Flag(all, "packing"), neat = Flag(all, "neat_packing");
        bool named = all.Any(other => other.Key == "packing") && packs is null;    // our own words: packing: bfd
        if (packs == true && neat == false)
            throw new InvalidInputException("`packing: true` with `neat_packing: false` would let the documents of a row see each other.", entry.Where, "Set neat_packing: true, or packing: false.");
        switch (entry.Key)
        {
            case "packing" when packs is null:
                return [entry];
            case "packing" when packs == false || neat == true || all.Any(other => other.Key == "packing_strategy"):
                return [];
            case "packing":
                notices.Add("`packing: true` is read as `packing: bfd`: documents stay whole and do not see each other.");
                return [As(entry, "packing", "bfd")];
            case "neat_packing" when named && neat == true:
                throw new InvalidInputException("`neat_packing` and `packing` set the same thing.", entry.Where, "Remove one of them.");
            case "neat_packing":
                return neat == true && packs != false ? [As(entry, "packing", "knapsack")] : [];
            default:
                if (named) throw new InvalidInputException("`packing_strategy` and `packing` set the same thing.", entry.Where, "Remove one of them.");
                return packs == true && neat != true ? [new RecipeEntry("packing", entry.Value, entry.Where)] : [];
        }
    }

    private static bool? Flag(IReadOnlyList<RecipeEntry> all, string key) =>
        all.FirstOrDefault(other => other.Key == key)?.Value is RecipeScalar { IsNull: false } scalar ? ScalarText.ToBool(scalar.Text) : null;

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
