using TuneSharp.Data;
using TuneSharp.Data.Checking;
using TuneSharp.Data.Preparation;
using TuneSharp.Data.PreTraining;
using TuneSharp.Formats;
using TuneSharp.Tokenizers;

namespace TuneSharp.Application.FineTuning;

/// <summary>Raw texts for continued pre-training: documents one after the other, cut into blocks; the report says what was joined, cut and lost.</summary>
internal static class TextInputs
{
    /// <exception cref="InvalidInputException">The rows are no texts, the blocks longer than the context, or the texts too short.</exception>
    public static PreparedDataset Prepare(FineTuneRequest request, Tokenizer tokenizer, int context)
    {
        PretrainingBlocks blocks = PretrainingData.Prepare(request.Data, tokenizer, context, request.Training.Seed, request.Run.Threads ?? Environment.ProcessorCount);
        string[] kept = blocks.ValidationReport is { } report ? [$"For validation: {report}"] : [];
        return new PreparedDataset
        {
            Train = blocks.Train,
            Validation = blocks.Validation,
            Test = [],
            TrainTokens = blocks.Train.Sum(block => (long)block.Length),
            TrainLabels = blocks.Train.Sum(block => (long)block.NumLabels),
            MaxLength = blocks.Train.Max(block => block.Length),
            Lengths = new LengthReport(blocks.Train.Select(block => block.Length)),
            Counts = new PreparationCounts { Read = blocks.TrainReport.Documents + blocks.TrainReport.EmptyDocuments },
            Notes = [$"{blocks.TrainReport}", .. kept, .. blocks.Notes],
            Problems = new ProblemLog(),
        };
    }
}
