// O = out, I = in, r = rank
using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.AdapterFiles;
using TuneSharp.Peft.Lora.Initialisation;
using TuneSharp.Peft.Targets;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Lora;

/// <summary>
/// A PiSSA or OLoRA adapter as an ordinary LoRA of twice the rank, which works on the untouched base without decomposing it:
/// s (B A - B0 A0) = s [B, -B0] [A; A0], as PEFT's path_initial_model_for_weight_conversion writes it.
/// </summary>
internal static class PlainLora
{
    /// <exception cref="InvalidInputException">rsLoRA with ranks or alphas by module: no one config keeps every scale.</exception>
    public static AdapterContents Of(LoraMethod method)
    {
        LoraConfig config = method.Config;
        if (method.Residuals.Count == 0) return method.ToAdapter();
        if (config.UseRslora && !(config.RankPattern.IsEmpty && config.AlphaPattern.IsEmpty))
            throw new InvalidInputException("A PiSSA or OLoRA adapter with use_rslora and rank_pattern or alpha_pattern cannot be converted.", null, "Use it as it is.");

        // alpha / r stays; with rsLoRA the scale alpha / sqrt(r) becomes an ordinary one.
        double alpha = config.UseRslora ? 2 * config.Alpha * Math.Sqrt(config.Rank) : 2 * config.Alpha;
        LoraConfig plain = config with
        {
            Rank = 2 * config.Rank,
            Alpha = alpha,
            UseRslora = false,
            Start = LoraStart.Default,
            RankPattern = config.RankPattern.Times(2),
            AlphaPattern = config.AlphaPattern.Times(2),
        };
        Dictionary<string, Func<Tensor>> doubled = [];
        foreach (StartResidual residual in method.Residuals)
        {
            doubled[residual.Lora.A.Name] = () => cat([residual.Lora.A.Value, residual.A0], 0);
            doubled[residual.Lora.B.Name] = () => cat([residual.Lora.B.Value, residual.B0.neg()], 0);
        }
        AdapterTensor[] tensors = [.. method.Parts.Tensors(() => method.Attached).Select(tensor => doubled.TryGetValue(tensor.Name, out Func<Tensor>? values) ? tensor with { Values = values } : tensor)];
        return new AdapterContents(plain.ToJson(), AdapterTensors.ToWrite(tensors));
    }
}
