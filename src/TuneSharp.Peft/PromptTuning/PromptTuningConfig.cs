using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;
using TuneSharp.Nn;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Prompts;

namespace TuneSharp.Peft.PromptTuning;

/// <summary>adapter_config.json of prompt tuning, both directions, in the layout of PEFT 0.21.</summary>
internal sealed record PromptTuningConfig(CommonKeys Common, PromptSizes Sizes)
{
    public const string PeftType = "PROMPT_TUNING";

    private const string InitKey = "prompt_tuning_init", TextKey = "prompt_tuning_init_text", TokenizerKey = "tokenizer_name_or_path", TokenizerArgumentsKey = "tokenizer_kwargs";

    private static readonly IReadOnlyList<string> Own = CommonKeys.With([.. PromptSizes.Keys, InitKey, TextKey, TokenizerKey, TokenizerArgumentsKey]);

    /// <summary>How training began; has no effect any more.</summary>
    public PromptInit Init { get; init; }

    public string? Text { get; init; }

    public string? Tokenizer { get; init; }

    public JsonNode? TokenizerArguments { get; init; }

    public static PromptTuningConfig Of(PromptTuningSettings settings, TunableModel model, string? baseModel) =>
        new(CommonKeys.Of(model, baseModel), PromptSizes.OfEmbeddings(model, settings.NumVirtualTokens))
        {
            Init = settings.PromptTuningInit,
            Text = settings.PromptTuningInitText,
            // PEFT wants it where there is a text.
            Tokenizer = settings.PromptTuningInit == PromptInit.Random ? null : baseModel,
        };

    public static PromptTuningConfig FromJson(CheckedFields fields, TunableModel model)
    {
        CommonKeys common = CommonKeys.Read(fields, PeftType);
        common.RequireTask(model, fields.Where);
        UnhonouredKeys.Refuse(fields, Own, new Dictionary<string, string>());
        return new PromptTuningConfig(common, PromptSizes.Read(fields, n => PromptSizes.OfEmbeddings(model, n)))
        {
            Init = InitOf(fields),
            Text = fields.GetString(TextKey),
            Tokenizer = fields.GetString(TokenizerKey),
            TokenizerArguments = fields.Json[TokenizerArgumentsKey]?.DeepClone(),
        };
    }

    /// <summary>The settings that make such an adapter.</summary>
    public static PromptTuningSettings SettingsOf(CheckedFields fields) => new()
    {
        NumVirtualTokens = fields.GetInt("num_virtual_tokens", 1, PromptSizes.Limit),
        PromptTuningInit = InitOf(fields),
        PromptTuningInitText = fields.GetString(TextKey),
    };

    public JsonObject ToJson() => Common.ToJson(PeftType,
    [
        .. Sizes.ToJson(),
        (InitKey, Init switch { PromptInit.Text => "TEXT", PromptInit.SampleVocab => "SAMPLE_VOCAB", _ => "RANDOM" }),
        (TextKey, Text), (TokenizerKey, Tokenizer), (TokenizerArgumentsKey, TokenizerArguments?.DeepClone()),
    ]);

    private static PromptInit InitOf(CheckedFields fields) => fields.GetString(InitKey) switch
    {
        null or "RANDOM" => PromptInit.Random,
        "TEXT" => PromptInit.Text,
        "SAMPLE_VOCAB" => PromptInit.SampleVocab,
        _ => throw fields.Wrong(InitKey, "It can be RANDOM, TEXT or SAMPLE_VOCAB."),
    };
}
