using TuneSharp.Formats;

namespace TuneSharp.Application.Recipes;

/// <summary>
/// How transformers (`load_in_4bit`, `bnb_4bit_quant_type`) and LLaMA-Factory (`quantization_bit`, `quantization_type`) say that the
/// base is packed: each pair becomes our `quantization`.
/// </summary>
internal static class QuantizationKeys
{
    private static readonly string[] Types = ["bnb_4bit_quant_type", "quantization_type"];

    public static IReadOnlyList<string> Names { get; } = ["load_in_4bit", "load_in_8bit", "quantization_bit", .. Types, "quantization_method"];

    public static RecipeEntry[] Translate(RecipeEntry entry, IReadOnlyList<RecipeEntry> all, List<string> notices)
    {
        string? word = Word(entry);
        switch (entry.Key)
        {
            case "load_in_4bit" when word is null || ScalarText.ToBool(word) == false:
            case "load_in_8bit" when word is null || ScalarText.ToBool(word) == false:
            case "quantization_bit" when word is null:
                return [];
            case "load_in_4bit" when ScalarText.ToBool(word) == true:
            case "quantization_bit" when word == "4":
                return [FourBits(entry, all, notices)];
            case "load_in_8bit" when ScalarText.ToBool(word) == true:
            case "quantization_bit" when word == "8":
                return [As(entry, "int8")];
            case "quantization_method" when word is null or "bnb" or "bitsandbytes":
                return [];
            case "bnb_4bit_quant_type" or "quantization_type":
                // It only says how, not whether.
                return word is null or "nf4" or "fp4" ? [] : throw Unsupported(entry);
            default:
                throw Unsupported(entry);
        }
    }

    private static RecipeEntry FourBits(RecipeEntry entry, IReadOnlyList<RecipeEntry> all, List<string> notices)
    {
        string? type = all.Where(other => Types.Contains(other.Key)).Select(Word).OfType<string>().FirstOrDefault();
        if (type is null && entry.Key == "load_in_4bit") notices.Add("`load_in_4bit: true` is read as `quantization: nf4`; transformers' own default is fp4.");
        return As(entry, type ?? "nf4");
    }

    private static InvalidInputException Unsupported(RecipeEntry entry) =>
        new($"`{entry.Key}: {Word(entry)}` is not supported.", entry.Where, "Use quantization with nf4, fp4, int8 or gguf.");

    private static string? Word(RecipeEntry entry) => entry.Value is RecipeScalar { IsNull: false } scalar ? scalar.Text : null;

    private static RecipeEntry As(RecipeEntry entry, string type) => new("quantization", new RecipeScalar(type, Quoted: false, entry.Value.Where), entry.Where);
}
