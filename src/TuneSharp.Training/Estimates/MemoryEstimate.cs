namespace TuneSharp.Training.Estimates;

/// <summary>What a run holds in memory at its fullest moment, in bytes of anonymous memory (files that are mapped do not count).</summary>
/// <param name="Weights">The model as stored in memory.</param>
/// <param name="Adapter">Weights of an adapter beside it.</param>
/// <param name="Gradients">Of what is trained, float32.</param>
/// <param name="Optimizer">Moments, and float32 masters of 16-bit weights.</param>
/// <param name="Activations">What forward keeps for backward, the buffers of a block, and the logits that are held at once.</param>
/// <param name="Runtime">The program itself: runtime, libtorch, tokenizer, rows.</param>
public sealed record MemoryEstimate(long Weights, long Adapter, long Gradients, long Optimizer, long Activations, long Runtime)
{
    public long Total => Weights + Adapter + Gradients + Optimizer + Activations + Runtime;
}
