using static TorchSharp.torch;

namespace TuneSharp.Peft.Lora;

/// <summary>LoRA as the paper writes it, plain operators that autograd differentiates. What <see cref="LoraAdapter"/> is tested against; never optimised.</summary>
internal static class LoraReference
{
    /// <param name="x_TI">Input.</param>
    /// <param name="w_OI">Frozen weight.</param>
    /// <param name="a_rI">A as PEFT stores it.</param>
    /// <param name="b_Or">B as PEFT stores it.</param>
    /// <param name="scale">alpha / r.</param>
    /// <param name="mask_TI">Dropout's 0 and 1 / (1 - p); null without dropout.</param>
    /// <returns>y [T, O].</returns>
    public static Tensor Forward(Tensor x_TI, Tensor w_OI, Tensor a_rI, Tensor b_Or, double scale, Tensor? mask_TI = null)
    {
        Tensor dropped_TI = mask_TI is null ? x_TI : x_TI * mask_TI;
        return x_TI.mm(w_OI.t()) + dropped_TI.mm(a_rI.t()).mm(b_Or.t()) * scale;
    }
}
