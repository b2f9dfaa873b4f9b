using TuneSharp.Data;
using TuneSharp.Data.Corpus.SmallWorld;
using TuneSharp.Data.PreTraining;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Tokenizers;

namespace TuneSharp.Application.Pretraining;

/// <summary>What a pre-training run learns from: the shape of the model, its tokenizer, the examples. No weight is touched.</summary>
public sealed class PretrainingInputs
{
    /// <summary>Documents that the loss is measured on where the recipe does not say how many.</summary>
    private const int DefaultValidationDocuments = 200;

    private PretrainingInputs(HfConfig config, Tokenizer tokenizer, IReadOnlyList<TrainingExample> train, IReadOnlyList<TrainingExample> validation, string report, IReadOnlyList<string> files)
    {
        Config = config;
        Tokenizer = tokenizer;
        Train = train;
        Validation = validation;
        Report = report;
        Files = files;
    }

    public HfConfig Config { get; }

    public Tokenizer Tokenizer { get; }

    public IReadOnlyList<TrainingExample> Train { get; }

    public IReadOnlyList<TrainingExample> Validation { get; }

    /// <summary>The data in a sentence or two.</summary>
    public string Report { get; }

    /// <summary>Files and folders that the run is made from, for the manifest.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <param name="request">With full paths; checked already.</param>
    /// <exception cref="InvalidInputException">Config, tokenizer or texts cannot be used.</exception>
    public static PretrainingInputs Load(PretrainingRequest request)
    {
        HfConfig config = HfConfig.Load(request.Pretrain.ModelConfig!);
        if (!ModelCatalog.ModelTypes.Contains(config.ModelType)) throw config.UnknownFamily(ModelCatalog.ModelTypes);
        int vocabulary = config.GetInt("vocab_size", 1, int.MaxValue);
        bool ownTokenizer = request.Pretrain.Tokenizer == PretrainingCorpus.DatasetName;
        Tokenizer tokenizer = ownTokenizer ? SmallWorldTokenizer.Train(PretrainingCorpus.Options, vocabulary) : Tokenizer.Load(request.Pretrain.Tokenizer!);
        if (tokenizer.VocabularySize > vocabulary)
            throw new InvalidInputException($"The tokenizer has {tokenizer.VocabularySize} tokens, the model's vocab_size is {vocabulary}.", config.Where, "Raise vocab_size, or use another tokenizer.");
        var files = new List<string> { request.Pretrain.ModelConfig! };
        if (!ownTokenizer) files.Add(request.Pretrain.Tokenizer!);
        if (request.Data.Dataset == PretrainingCorpus.DatasetName) return SmallWorld(request, config, tokenizer, files);

        files.Add(request.Data.Dataset!);
        if (request.Data.ValidationFile is { } validation) files.Add(validation);
        int context = config.GetIntOrNull("max_position_embeddings", 2, int.MaxValue) ?? 1024;
        PretrainingBlocks blocks = PretrainingData.Prepare(request.Data, tokenizer, context, request.Training.Seed, request.Run.Threads ?? Environment.ProcessorCount);
        return new PretrainingInputs(config, tokenizer, blocks.Train, blocks.Validation, string.Join(' ', [$"{blocks.TrainReport}", .. blocks.Notes]), files);
    }

    private static PretrainingInputs SmallWorld(PretrainingRequest request, HfConfig config, Tokenizer tokenizer, List<string> files)
    {
        SmallWorldCorpusOptions options = PretrainingCorpus.Options;
        if (request.Data.MaxSamples is { } most) options = options with { NumDocuments = most };
        int aside = request.Data.ValSize switch { 0 => 0, < 1 => DefaultValidationDocuments, _ => (int)request.Data.ValSize };
        (IReadOnlyList<TrainingExample> train, IReadOnlyList<TrainingExample> validation) = SmallWorldExamples.Prepare(tokenizer, options, aside);
        string report = $"{train.Count} documents of the small-world corpus to train on, {validation.Count} others for validation; {train.Sum(example => (long)example.Length)} tokens.";
        return new PretrainingInputs(config, tokenizer, train, validation, report, files);
    }
}
