using TuneSharp.Application.Models;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models.Settings;
using TuneSharp.Peft;
using TuneSharp.Peft.Combining;

namespace TuneSharp.Application.Comparing;

/// <summary>A base model and the adapters that are compared on it.</summary>
/// <param name="Base">Without an adapter.</param>
/// <param name="Adapters">Each alone, with its own scale; the name is that of its column.</param>
/// <param name="PromptFile">As the person called it.</param>
/// <param name="System">Text in the place of the system message of prompts that have none.</param>
/// <param name="BatchSize">Answers that are written at once.</param>
public sealed record ComparisonRequest(ModelReference Base, IReadOnlyList<AdapterReference> Adapters, string PromptFile, IReadOnlyList<ComparisonPrompt> Prompts, SamplingSettings Sampling, string? System = null, int BatchSize = 16, int? Threads = null);

/// <summary>Lets the base model and each adapter answer the same prompts with the same seeds. The base is loaded once.</summary>
public sealed class CompareModels(TimeProvider clock)
{
    /// <param name="progress">Told who answers, and how many answers of how many are written.</param>
    /// <exception cref="InvalidInputException">A model or adapter cannot be used; every adapter is looked at before the first answer.</exception>
    public Comparison Execute(ComparisonRequest request, Action<string, int, int>? progress = null, CancellationToken cancellation = default)
    {
        request.Sampling.Validate();
        if (request.Adapters.Count == 0) throw new InvalidInputException("There is nothing to compare the model with.", null, "Name an adapter with --adapter, or compare a run that made one.");
        foreach (AdapterReference adapter in request.Adapters) AdapterFolder.Open(adapter.Folder).Dispose();
        using LoadedModel loaded = LoadedModel.Load(new ModelReference(request.Base.Name, request.Base.Folder, null) { Packing = request.Base.Packing }, new ModelSettings(), request.Threads);
        var columns = new List<IReadOnlyList<ComparedAnswer>> { Answer(request.Base.Name, loaded.Text) };
        foreach (AdapterReference adapter in request.Adapters)
        {
            using var worn = new AdapterSet(loaded.Model.Tunable);
            worn.Load(adapter.Name, adapter.Folder, adapter.Scale);
            columns.Add(Answer(adapter.Name, ModelText.Load(request.Base.Folder, adapter.Folder)));
        }
        return new Comparison(Comparison.CurrentVersion, clock.GetUtcNow(), request.Base.Name, request.PromptFile, request.Sampling, [request.Base.Name, .. request.Adapters.Select(adapter => adapter.Name)],
            [.. request.Prompts.Select((prompt, row) => new ComparedPrompt(prompt.Question, prompt.Reference, [.. columns.Select(column => column[row])]))]);

        List<ComparedAnswer> Answer(string name, ModelText text)
        {
            ExampleRenderer renderer = text.CreateRenderer(new RenderingOptions { System = request.System, Clock = clock });
            using var generator = new TextGenerator(loaded.Model, text.Tokenizer, loaded.EndIds);
            var answers = new List<ComparedAnswer>(request.Prompts.Count);
            foreach (ComparisonPrompt[] chunk in request.Prompts.Chunk(request.BatchSize))
            {
                IReadOnlyList<int>[] prompts = [.. chunk.Select(prompt => text.Tokenizer.EncodeIds(renderer.RenderPrompt(prompt.Messages)))];
                IReadOnlyList<GeneratedText> texts = generator.GenerateBatch(prompts, request.Sampling with { Seed = (request.Sampling.Seed + answers.Count) & long.MaxValue }, cancellation: cancellation);
                cancellation.ThrowIfCancellationRequested();
                answers.AddRange(texts.Select(answer => new ComparedAnswer(answer.Text.Trim(), answer.Ids.Count, answer.Finish)));
                progress?.Invoke(name, answers.Count, request.Prompts.Count);
            }
            return answers;
        }
    }
}
