using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Peft.Prompts;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Peft.PTuning;

/// <summary>The network that makes the prompt.</summary>
public enum PromptEncoderKind
{
    /// <summary>Three linear layers with ReLU between them.</summary>
    Mlp,

    /// <summary>A bidirectional LSTM and two linear layers.</summary>
    Lstm,
}

/// <summary>The settings of P-tuning.</summary>
public sealed record PTuningSettings : IMethodOptions
{
    [Setting("P-tuning: how many trained tokens stand before every row.", "P-tuning：每行之前有多少个可训练的虚拟词元。", Unit = "tokens", Advice = "8 … 100", Minimum = 1, Maximum = PromptSizes.Limit, Aliases = ["prompt_length", "n_tokens"], Example = "20")]
    public int NumVirtualTokens { get; init; } = 20;

    [Setting("P-tuning: the network that makes the tokens: mlp or lstm.", "P-tuning：生成虚拟词元的网络：mlp 或 lstm。", Example = "mlp")]
    public PromptEncoderKind EncoderReparameterizationType { get; init; } = PromptEncoderKind.Mlp;

    [Setting("P-tuning: width of that network. Nothing = the model's width.", "P-tuning：该网络的宽度；不填为模型宽度。", Minimum = 1, Maximum = 1 << 16, Aliases = ["encoder_size"], Example = "128")]
    public int? EncoderHiddenSize { get; init; }

    [Setting("P-tuning: layers of the LSTM; the MLP always has three.", "P-tuning：LSTM 的层数；MLP 始终为三层。", Minimum = 1, Maximum = 32, Example = "2")]
    public int EncoderNumLayers { get; init; } = 2;

    [Setting("P-tuning: share of what goes from one LSTM layer to the next that is set to 0 while training.", "P-tuning：训练时 LSTM 层间输出被置零的比例。", Minimum = 0, Maximum = 1, Example = "0.0")]
    public double EncoderDropout { get; init; }

    public void Validate()
    {
        if (EncoderDropout >= 1) throw new InvalidInputException($"`encoder_dropout` is {EncoderDropout} and must be below 1.", null, "0 to 0.1 is usual.");
    }
}
