using TuneSharp.Data.Preparation;
using TuneSharp.Data.Splitting;
using TuneSharp.Formats;
using TuneSharp.Tokenizers;

namespace TuneSharp.Data.PreTraining;

/// <summary>Blocks to pre-train on, blocks to validate with, and how they came about.</summary>
/// <param name="Notes">What the person should know.</param>
public sealed record PretrainingBlocks(IReadOnlyList<TrainingExample> Train, IReadOnlyList<TrainingExample> Validation, TextBlocksReport TrainReport, TextBlocksReport? ValidationReport, IReadOnlyList<string> Notes);

/// <summary>
/// From text files to blocks. Conversations are not texts: a dataset of another format is refused. Documents are kept whole on one
/// side of the split; with fewer than <see cref="FewDocuments"/> of them the last blocks are kept aside instead.
/// </summary>
public static class PretrainingData
{
    /// <summary>Below so many documents a share of documents says little.</summary>
    public const int FewDocuments = 20;

    /// <param name="settings">What to read; block_size, max_length and then <paramref name="context"/> give the length of blocks.</param>
    /// <param name="tokenizer">Encodes the texts; its EOS stands behind each document.</param>
    /// <param name="context">The model's longest context in tokens.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="threads">Threads for tokenizing.</param>
    /// <exception cref="InvalidInputException">The rows are no texts, the blocks longer than the context, or the texts too short.</exception>
    public static PretrainingBlocks Prepare(DataSettings settings, Tokenizer tokenizer, int context, long seed, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        settings.Validate();
        int blockSize = settings.BlockSize ?? settings.MaxLength ?? context;
        if (blockSize > context) throw new InvalidInputException($"block_size is {blockSize}; the model's context ends at {context} tokens.", "block_size", $"Give at most {context}, or leave it out.");
        DatasetFiles files = DatasetFiles.Resolve(settings);
        var rows = new RowIntake(settings);
        int? end = tokenizer.SpecialTokens.Eos?.Id;
        List<string> notes = end is null ? ["The tokenizer names no end token: documents follow one another without a mark."] : [];

        IReadOnlyList<SplitPart> parts = [];
        if (files.Validation is null && settings.ValSize > 0)
        {
            SplitPlan plan = rows.Split(files, settings.SplitSeed ?? seed);
            parts = plan.Parts;
            if (parts.Count >= FewDocuments) notes.AddRange(plan.Notes);
        }
        bool byDocuments = parts.Count >= FewDocuments;
        Func<string, int[][]> encode = Encoder(settings, tokenizer, blockSize);
        bool classic = IsClassic(settings);
        List<int[][]> train = [], validation = [];
        int number = 0;
        foreach (int[][] ids in Encode(rows.Read(files.Train), encode, threads))
        {
            if (byDocuments && number == parts.Count) throw RowIntake.Changed(files.Train);
            bool aside = byDocuments && parts[number] != SplitPart.Train;
            (aside ? validation : train).Add(ids);
            number++;
        }
        if (files.Validation is { } file) validation = [.. Encode(rows.Read(file), encode, threads)];

        (IReadOnlyList<TrainingExample> blocks, TextBlocksReport report) = Cut(train);
        if (validation.Count > 0)
        {
            (IReadOnlyList<TrainingExample> kept, TextBlocksReport keptReport) = Cut(validation);
            return new PretrainingBlocks(blocks, kept, report, keptReport, [.. notes, .. rows.Notes]);
        }
        if (files.Validation is not null || settings.ValSize == 0) return new PretrainingBlocks(blocks, [], report, null, [.. notes, .. rows.Notes]);
        int aim = settings.ValSize < 1 ? (int)Math.Max(1, Math.Round(settings.ValSize * blocks.Count)) : (int)settings.ValSize;
        if (aim >= blocks.Count) return new PretrainingBlocks(blocks, [], report, null, [.. notes, .. rows.Notes, $"With {blocks.Count} blocks none can be kept aside: everything is trained on."]);
        notes.Add($"With {parts.Count} documents the last {aim} of {blocks.Count} blocks are kept aside for validation.");
        return new PretrainingBlocks([.. blocks.Take(blocks.Count - aim)], [.. blocks.Skip(blocks.Count - aim)], report, null, [.. notes, .. rows.Notes]);

        (IReadOnlyList<TrainingExample> Blocks, TextBlocksReport Report) Cut(List<int[][]> documents) =>
            classic ? Chunks(documents) : TextBlocks.Cut(documents.Select(document => document[0]), end, blockSize, settings.StrideLength);
    }

    /// <summary>Whether texts are cut as text-generation-webui's classic trainer does.</summary>
    private static bool IsClassic(DataSettings settings) => settings.HardCutString is not null || settings.NewlineFavorLen is not null;

    // A document as one list of ids, or as the blocks that the classic way makes of it at once.
    private static Func<string, int[][]> Encoder(DataSettings settings, Tokenizer tokenizer, int blockSize)
    {
        if (!IsClassic(settings)) return text => [tokenizer.EncodeIds(text, addSpecialTokens: true)];
        var options = new TextChunkOptions
        {
            BlockSize = blockSize,
            Overlap = settings.StrideLength,
            NewlineFavorLen = settings.NewlineFavorLen ?? TextChunkOptions.UsualNewlineFavorLen,
            HardCut = (settings.HardCutString ?? TextChunkOptions.UsualHardCut).Replace("\\n", "\n", StringComparison.Ordinal),
            MinChars = settings.MinChars,
        };
        return text => [.. TextChunks.Cut(text, tokenizer, options).Select(block => block.InputIds)];
    }

    private static (IReadOnlyList<TrainingExample> Blocks, TextBlocksReport Report) Chunks(List<int[][]> documents)
    {
        TrainingExample[] blocks = [.. documents.SelectMany(document => document).Select(ids => new TrainingExample(ids, ids))];
        if (blocks.Length == 0) throw new InvalidInputException("The texts give no block: every piece is too short.", "min_chars", "Give a smaller min_chars, or more text.");
        int empty = documents.Count(document => document.Length == 0);
        return (blocks, new TextBlocksReport(documents.Count - empty, empty, blocks.Sum(block => (long)block.Length), blocks.Length, documents.Count(document => document.Length > 1), 0, 0));
    }

    private static IEnumerable<int[][]> Encode(IEnumerable<DatasetRow> rows, Func<string, int[][]> encode, int threads)
    {
        const int PerThread = 64;
        foreach (DatasetRow[] chunk in rows.Chunk(threads * PerThread))
        {
            string[] texts = [.. chunk.Select(Text)];
            int[][][] ids = new int[texts.Length][][];
            if (threads == 1 || texts.Length == 1) for (int i = 0; i < texts.Length; i++) ids[i] = encode(texts[i]);
            else Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => ids[i] = encode(texts[i]));
            foreach (int[][] document in ids) yield return document;
        }

        // One row after the other: the first that is no text is the one that is named.
        static string Text(DatasetRow row) => row is TextRow text ? text.Text
            : throw new DataProblem(ProblemSeverity.Error, ProblemKind.WrongType, "Pre-training needs texts; this row is a conversation.", "Give rows of the form {\"text\": …} or a .txt file, or fine-tune on this dataset.")
            { File = row.Source.File, Row = row.Source.Row, Line = row.Source.Line }.ToException();
    }
}
