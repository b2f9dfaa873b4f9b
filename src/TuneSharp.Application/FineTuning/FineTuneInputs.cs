using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Data.Preparation;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;
using TuneSharp.Models;
using TuneSharp.Peft;
using TuneSharp.Tokenizers;

namespace TuneSharp.Application.FineTuning;

/// <summary>
/// What a fine-tuning run learns from, ready for the loop: rows read, split, rendered to ids and labels. No weight is touched,
/// so the same loading also serves as the check before a run is made.
/// </summary>
public sealed class FineTuneInputs
{
    private readonly FineTuneRequest _request;
    private readonly Tokenizer _tokenizer;
    private readonly string _template;

    private FineTuneInputs(FineTuneRequest request, Tokenizer tokenizer, string template, PreparedDataset data)
    {
        _request = request;
        _tokenizer = tokenizer;
        _template = template;
        Data = data;
    }

    public PreparedDataset Data { get; }

    /// <summary>What is odd about the tuning method's settings on this model.</summary>
    public IReadOnlyList<string> MethodWarnings { get; private init; } = [];

    /// <summary>The ids of a text with the tokens that belong around it.</summary>
    public IReadOnlyList<int> Tokenize(string text) => _tokenizer.EncodeIds(text, addSpecialTokens: true);

    /// <summary>Files and folders that the run is made from, for the manifest.</summary>
    public IReadOnlyList<string> Files =>
        [.. new[] { _request.Model.ModelNameOrPath, _request.Data.Dataset, _request.Data.ValidationFile, _request.Data.TestFile, _request.Method.InitAdapter }.OfType<string>()];

    /// <summary>The data in a sentence or two.</summary>
    public string Report
    {
        get
        {
            string aside = Data.Validation.Count == 0 ? "none for validation" : $"{Data.Validation.Count} for validation";
            if (Data.Test.Count > 0) aside += $", {Data.Test.Count} for the test";
            string sentence = $"{Data.Train.Count} rows to train on, {aside}; {Data.TrainTokens} tokens, {Data.TrainLabels} of them learned; longest row {Data.Lengths.Longest} tokens.";
            return string.Join(' ', [sentence, .. Data.Notes, .. MethodWarnings, .. Data.Problems.Kept.DistinctBy(problem => problem.Kind).Select(problem => problem.ToString())]);
        }
    }

    /// <param name="request">With full paths; checked already.</param>
    /// <param name="clock">What templates that write the date see.</param>
    /// <param name="home">Where prepared rows are kept for the next time; null = nowhere.</param>
    /// <param name="progress">Told how far the rows are read.</param>
    /// <exception cref="InvalidInputException">Model folder, adapter or data cannot be used.</exception>
    public static FineTuneInputs Load(FineTuneRequest request, TimeProvider clock, HomeFolder? home = null, Action<PreparationProgress>? progress = null)
    {
        string folder = request.Model.ModelNameOrPath!;
        ModelText text = ModelText.Load(folder);
        ModelCatalog.CheckWeights(folder);
        // Refuses targets that fit nothing, and adapters that cannot be read.
        MethodFootprint footprint = PeftCatalog.FootprintOf(request.Method, ModelCatalog.SizesOf(text.Config));
        // A prompt's tokens take places of the context.
        int context = text.Context - footprint.NumVirtualTokens;
        if (context < 1) throw new InvalidInputException($"`num_virtual_tokens` leaves no place for a row: the model has {text.Context} positions.", folder, "Give fewer; 20 is usual.");
        ExampleRenderer renderer = text.CreateRenderer(RenderingOptions.From(request.Data, clock));
        PreparationCache? cache = home is null ? null : new PreparationCache(Path.Combine(home.Cache, "datasets"), TextFiles.HashOf(folder));
        PreparedDataset data = DatasetPreparation.Prepare(request.Data, renderer, context, request.Training.Seed, request.Run.Threads ?? Environment.ProcessorCount, cache, progress);
        return new FineTuneInputs(request, text.Tokenizer, renderer.Template.Source, data) { MethodWarnings = footprint.Warnings };
    }

    /// <summary>
    /// Puts beside a result what is needed to ask it as it was taught: the chat template, and for a whole model the tokenizer.
    /// </summary>
    public void Accompany(string resultFolder, bool isAdapter)
    {
        if (!isAdapter)
        {
            _tokenizer.Save(resultFolder);
            string generation = Path.Combine(_request.Model.ModelNameOrPath!, "generation_config.json");
            if (File.Exists(generation)) File.Copy(generation, Path.Combine(resultFolder, "generation_config.json"), overwrite: true);
        }
        AtomicFile.WriteText(Path.Combine(resultFolder, "chat_template.jinja"), _template);
    }
}
