using TuneSharp.Application.Classifying;
using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Data.Classification;
using TuneSharp.Data.Preparation;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Peft;

namespace TuneSharp.Application.FineTuning;

/// <summary>
/// What a fine-tuning run learns from, ready for the loop: rows read, split, rendered to ids and labels. No weight is touched,
/// so the same loading also serves as the check before a run is made.
/// </summary>
public sealed class FineTuneInputs
{
    private readonly FineTuneRequest _request;
    private readonly ModelText _text;
    private readonly string? _template;

    private FineTuneInputs(FineTuneRequest request, ModelText text, string? template, LabelSpace? labels, PreparedDataset data)
    {
        _request = request;
        _text = text;
        _template = template;
        Labels = labels;
        Data = data;
    }

    public PreparedDataset Data { get; }

    /// <summary>What is odd about the tuning method's settings on this model.</summary>
    public IReadOnlyList<string> MethodWarnings { get; private init; } = [];

    /// <summary>The ids of a text with the tokens that belong around it.</summary>
    public IReadOnlyList<int> Tokenize(string text) => _text.Tokenizer.EncodeIds(text, addSpecialTokens: true);

    /// <summary>What the outputs of a classifier stand for; null: next tokens are learned.</summary>
    public LabelSpace? Labels { get; }

    /// <summary>The head that the classifier is to have; null: next tokens are learned.</summary>
    public NewHead? Head => Labels is null ? null : HeadFor(Labels, _request, _text);

    /// <summary>Of the model that is trained, its head included.</summary>
    public HfConfig Config => Head is { } head ? ModelCatalog.ClassifierConfig(_text.Config, head) : _text.Config;

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
            if (Labels is not null)
                return string.Join(' ', [$"{Data.Train.Count} rows to train on, {aside}; {Data.TrainTokens} tokens; longest row {Data.Lengths.Longest} tokens.", Labels.Origin, .. Notes]);
            string sentence = $"{Data.Train.Count} rows to train on, {aside}; {Data.TrainTokens} tokens, {Data.TrainLabels} of them learned; longest row {Data.Lengths.Longest} tokens.";
            return string.Join(' ', [sentence, .. Notes]);
        }
    }

    private IEnumerable<string> Notes => Data.Notes.Concat(MethodWarnings).Concat(Data.Problems.Kept.DistinctBy(problem => problem.Kind).Select(problem => problem.ToString()));

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
        LabelSpace? labels = request.Data.Task == TrainingTask.Classification ? LabelDecision.Of(LabelSurvey.OfTraining(request.Data), request.Classification, HeadToGoOnFrom(request, text)) : null;
        ExampleRenderer? conversations = labels is null && request.Data.Task != TrainingTask.Pretraining ? text.CreateRenderer(RenderingOptions.From(request.Data, clock)) : null;
        HfConfig config = labels is null ? text.Config : ModelCatalog.ClassifierConfig(text.Config, HeadFor(labels, request, text));
        // Refuses targets that fit nothing, and adapters that cannot be read.
        MethodFootprint footprint = PeftCatalog.FootprintOf(request.Method, ModelCatalog.SizesOf(config));
        // A prompt's tokens take places of the context.
        int context = text.Context - footprint.NumVirtualTokens;
        if (context < 1) throw new InvalidInputException($"`num_virtual_tokens` leaves no place for a row: the model has {text.Context} positions.", folder, "Give fewer; 20 is usual.");
        if (request.Data.Task == TrainingTask.Pretraining)
            return new FineTuneInputs(request, text, null, null, TextInputs.Prepare(request, text.Tokenizer, context)) { MethodWarnings = footprint.Warnings };
        IRowRenderer renderer = labels is null ? conversations! : ClassificationRenderer.For(text.Tokenizer, labels, request.Data, context);
        PreparationCache? cache = home is null ? null : new PreparationCache(Path.Combine(home.Cache, "datasets"), TextFiles.HashOf(folder));
        PreparedDataset data = DatasetPreparation.Prepare(request.Data, renderer, context, request.Training.Seed, request.Run.Threads ?? Environment.ProcessorCount, cache, progress);
        return new FineTuneInputs(request, text, conversations?.Template.Source, labels, data) { MethodWarnings = footprint.Warnings };
    }

    private static NewHead HeadFor(LabelSpace labels, FineTuneRequest request, ModelText text) => new(labels.Names, labels.Problem) { Seed = request.Training.Seed, PaddingId = text.Tokenizer.SpecialTokens.Pad?.Id };

    // An adapter that is trained on has a head already, whatever the base has.
    private static ExistingHead? HeadToGoOnFrom(FineTuneRequest request, ModelText text)
    {
        if (request.Method.InitAdapter is not { } folder) return ClassifierConfig.HeadOf(text.Config);
        using AdapterFolder adapter = AdapterFolder.Open(folder);
        return ClassifierConfig.HeadOf(adapter) ?? throw new InvalidInputException("The adapter is no classifier's.", folder, "Name one that was trained with task: classification, or remove init_adapter.");
    }

    /// <summary>
    /// Puts beside a result what is needed to ask it as it was taught: the chat template, or the names of a classifier's classes; and
    /// for a whole model the tokenizer.
    /// </summary>
    /// <param name="config">Of the trained model.</param>
    public void Accompany(string resultFolder, bool isAdapter, HfConfig config)
    {
        if (!isAdapter)
        {
            _text.Tokenizer.Save(resultFolder);
            string generation = Path.Combine(_request.Model.ModelNameOrPath!, "generation_config.json");
            if (Labels is null && File.Exists(generation)) File.Copy(generation, Path.Combine(resultFolder, "generation_config.json"), overwrite: true);
        }
        else if (Labels is not null) ClassifierConfig.Write(resultFolder, config);
        if (_template is not null) AtomicFile.WriteText(Path.Combine(resultFolder, "chat_template.jinja"), _template);
    }
}
