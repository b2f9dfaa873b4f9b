using TuneSharp.Data.Rendering;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Application.Models;

/// <summary>The text side of a model: tokenizer, chat template, context. No weight is read for it.</summary>
/// <param name="Template">The adapter's own template, else the model's; null means the plain one for base models.</param>
/// <param name="Context">Longest row in tokens that the model was made for; 1,024 where its config names none.</param>
public sealed record ModelText(HfConfig Config, Tokenizer Tokenizer, ChatTemplate? Template, int Context)
{
    private const int UnnamedContext = 1024;

    /// <param name="folder">Of a model, or a GGUF file.</param>
    /// <param name="adapter">Its folder; null: none.</param>
    public static ModelText Load(string folder, string? adapter = null)
    {
        HfConfig config = ModelCatalog.ReadConfig(folder);
        ChatTemplate? template = (adapter is null ? null : ChatTemplate.FromFolder(adapter)) ?? ChatTemplate.FromFolder(folder);
        return new ModelText(config, Tokenizer.Load(folder), template, ContextOf(config));
    }

    // RoBERTa's table of positions begins behind the number of the padding token: its first rows stand for no place.
    private static int ContextOf(HfConfig config)
    {
        int context = config.GetIntOrNull("max_position_embeddings", 1, int.MaxValue) ?? UnnamedContext;
        return config.ModelType is "roberta" or "xlm-roberta" or "camembert" ? Math.Max(1, context - 1 - config.GetInt("pad_token_id", 0, context, 1)) : context;
    }

    public ExampleRenderer CreateRenderer(RenderingOptions options) => new(Tokenizer, Template, options);
}
