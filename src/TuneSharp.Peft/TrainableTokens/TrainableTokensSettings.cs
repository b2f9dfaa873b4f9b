using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.TrainableTokens;

/// <summary>The settings of trainable tokens. Keys and meaning are PEFT's.</summary>
public sealed record TrainableTokensSettings : IMethodOptions
{
    [Setting("Trainable tokens: ids of the tokens whose embedding rows are trained.", "可训练词元：需要训练嵌入行的词元 id。", Example = "[151646, 151647]")]
    public JsonNode? TokenIndices { get; init; }

    [Setting("Trainable tokens: the token embedding, if its name must be said.", "可训练词元：词嵌入层的名称，一般不必填写。", Example = "[embed_tokens]")]
    public IReadOnlyList<string> TargetModules { get; init; } = [];

    public void Validate() => _ = TrainableTokensConfig.FromSettings(this, null, null);
}
