using TuneSharp.Inference.Sampling;

namespace TuneSharp.Application.Chatting;

/// <summary>What a person can set for a chat beside the model.</summary>
public sealed record ChatRequest
{
    public SamplingSettings Sampling { get; init; } = new();
}
