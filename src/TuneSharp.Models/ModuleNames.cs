namespace TuneSharp.Models;

/// <summary>What the modules of a model that can carry an adapter are called, known from its configuration alone.</summary>
/// <param name="Linears">As <see cref="ICausalLm.Linears"/>.</param>
/// <param name="Head">As <see cref="ICausalLm.Head"/>.</param>
public sealed record ModuleNames(IReadOnlyList<string> Linears, string Head);
