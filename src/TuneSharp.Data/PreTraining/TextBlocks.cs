using TuneSharp.Formats;

namespace TuneSharp.Data.PreTraining;

/// <summary>What happens to the tokens behind the last whole block.</summary>
public enum LastBlock
{
    /// <summary>They are not learned; the report says how many they are. All blocks have one length.</summary>
    Drop,

    /// <summary>They form a shorter block.</summary>
    Keep,
}

/// <summary>What was joined, cut and lost when documents became blocks.</summary>
/// <param name="Documents">Documents that held tokens.</param>
/// <param name="EmptyDocuments">Documents without a token; nothing was written for them.</param>
/// <param name="Tokens">Tokens of the documents with their end tokens.</param>
/// <param name="Blocks">Blocks that came out.</param>
/// <param name="CutDocuments">Documents that no single block holds whole.</param>
/// <param name="JoinedBlocks">Blocks that hold parts of more than one document.</param>
/// <param name="LostTokens">Tokens behind the last whole block that are not learned.</param>
public sealed record TextBlocksReport(long Documents, long EmptyDocuments, long Tokens, long Blocks, long CutDocuments, long JoinedBlocks, long LostTokens)
{
    public override string ToString() =>
        $"{Documents} documents with {Tokens} tokens became {Blocks} blocks; {CutDocuments} documents are cut, {JoinedBlocks} blocks hold more than one document, {LostTokens} tokens at the end are left out."
        + (EmptyDocuments > 0 ? $" {EmptyDocuments} documents were empty." : "");
}

/// <summary>
/// Pre-training text: documents, each with EOS behind it, are laid one after the other and cut into blocks of one length, as GPT-2
/// and its successors were trained. All tokens are learned; a block that holds several documents lets the later ones see the
/// earlier ones.
/// </summary>
public static class TextBlocks
{
    /// <param name="documents">Token ids of each document without its end token; read one at a time.</param>
    /// <param name="endToken">Id behind every document that does not end with it; null = none.</param>
    /// <param name="blockSize">Tokens a block, at least 2.</param>
    /// <param name="overlap">Tokens that a block repeats from the one before it (0 = none).</param>
    /// <param name="lastBlock">What happens to the rest.</param>
    /// <exception cref="InvalidInputException">The texts do not fill one block, the block size is below 2, or the overlap leaves no step.</exception>
    public static (IReadOnlyList<TrainingExample> Blocks, TextBlocksReport Report) Cut(
        IEnumerable<int[]> documents, int? endToken, int blockSize, int overlap = 0, LastBlock lastBlock = LastBlock.Drop)
    {
        ArgumentNullException.ThrowIfNull(documents);
        if (blockSize < 2) throw new InvalidInputException($"block_size is {blockSize}; a block needs at least 2 tokens.", "block_size", "Give a number of tokens such as 512.");
        if (overlap < 0 || overlap >= blockSize) throw new InvalidInputException($"The overlap of {overlap} tokens leaves no step of a block of {blockSize}.", "overlap", "Give less than the block size.");

        var stream = new List<int>();
        var starts = new List<int>();
        long empty = 0;
        foreach (int[] document in documents)
        {
            if (document.Length == 0)
            {
                empty++;
                continue;
            }
            if (stream.Count > int.MaxValue / 2 - document.Length)
                throw new InvalidInputException($"The texts have more than {int.MaxValue / 2} tokens.", "dataset", "Train on them in several parts.");
            starts.Add(stream.Count);
            stream.AddRange(document);
            if (endToken is { } end && document[^1] != end) stream.Add(end);
        }

        if (stream.Count < blockSize)
            throw new InvalidInputException($"The texts have {stream.Count} tokens, which do not fill one block of {blockSize}.", "block_size", "Give a smaller block_size, or more text.");

        var blocks = new List<TrainingExample>();
        var bounds = new List<(int Start, int End)>();
        int covered = 0;
        for (int at = 0; at < stream.Count; at += blockSize - overlap)    // as text-generation-webui: a window begins at every step
        {
            int length = Math.Min(blockSize, stream.Count - at);
            if (length < blockSize && lastBlock == LastBlock.Drop) break;
            int[] ids = new int[length];
            stream.CopyTo(at, ids, 0, length);
            blocks.Add(new TrainingExample(ids, ids));
            bounds.Add((at, at + length));
            covered = at + length;
        }
        (long cut, long joined) = Count(starts, stream.Count, bounds);
        return (blocks, new TextBlocksReport(starts.Count, empty, stream.Count, blocks.Count, cut, joined, stream.Count - covered));
    }

    private static (long CutDocuments, long JoinedBlocks) Count(List<int> starts, int total, List<(int Start, int End)> bounds)
    {
        long joined = bounds.Count(block => FirstAfter(starts, block.Start) is { } next && next < block.End);
        long cut = 0;
        int b = 0;
        for (int d = 0; d < starts.Count; d++)
        {
            int end = d + 1 < starts.Count ? starts[d + 1] : total;
            while (b < bounds.Count && bounds[b].End < end) b++;    // the first block that reaches the document's end
            if (b == bounds.Count || bounds[b].Start > starts[d]) cut++;
        }
        return (cut, joined);
    }

    private static int? FirstAfter(List<int> starts, int position)
    {
        int found = starts.BinarySearch(position + 1);
        if (found < 0) found = ~found;
        return found < starts.Count ? starts[found] : null;
    }
}
