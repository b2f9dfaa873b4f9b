namespace TuneSharp.Evaluation.Losses;

/// <summary>
/// What the log-probabilities of texts say about a model. Only those per byte or word compare models with different
/// tokenizers.
/// </summary>
/// <param name="CorpusPerplexity">exp of the mean loss a token over all documents.</param>
/// <param name="MeanOfDocuments">Mean of the documents' own perplexities.</param>
/// <param name="WordPerplexity">exp of the loss a word.</param>
/// <param name="BytePerplexity">exp of the loss a UTF-8 byte.</param>
/// <param name="BitsPerByte">The loss a byte in bits: what a compressor with this model would need.</param>
public sealed record PerplexityMeasures(IReadOnlyList<double> PerDocument, double CorpusPerplexity, double MeanOfDocuments, double WordPerplexity, double BytePerplexity, double BitsPerByte)
{
    /// <param name="tokenLogProbs">ln p of each token of each document.</param>
    /// <param name="bytes">UTF-8 length of each document.</param>
    /// <param name="words">Words of each document.</param>
    public static PerplexityMeasures Of(IReadOnlyList<IReadOnlyList<double>> tokenLogProbs, IReadOnlyList<long> bytes, IReadOnlyList<long> words)
    {
        double[] documents = [.. tokenLogProbs.Select(document => Math.Exp(-document.Average()))];
        double nats = -tokenLogProbs.Sum(document => document.Sum());
        return new PerplexityMeasures(documents, Math.Exp(nats / tokenLogProbs.Sum(document => document.Count)), documents.Average(),
            Math.Exp(nats / words.Sum()), Math.Exp(nats / bytes.Sum()), nats / bytes.Sum() / Math.Log(2));
    }
}
