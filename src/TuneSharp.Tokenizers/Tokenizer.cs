using System.Collections.Concurrent;
using TuneSharp.Tokenizers.Decoding;
using TuneSharp.Tokenizers.Files;
using TuneSharp.Tokenizers.PostProcessing;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers;

/// <summary>
/// Text to token ids and back, exactly as the model was trained with it (reference: the Rust library <c>tokenizers</c> 0.23).
/// Immutable and safe for any number of threads.
/// </summary>
public sealed partial class Tokenizer
{
    private readonly Pipeline _pipeline;
    private readonly TokenizerVocabulary _vocabulary;
    private readonly PostProcessor? _postProcessor;
    private readonly (int[] Before, int[] Behind) _singleAffixes;
    private readonly TokenDecoder? _decoder;
    private readonly TokenizerFiles _files;
    private readonly ConcurrentQueue<PipelineWorker> _workers = new();
    private PipelineWorker? _spareWorker;

    internal Tokenizer(TokenizerParts parts, TokenizerFiles files)
    {
        _pipeline = new Pipeline(parts);
        _vocabulary = new TokenizerVocabulary(parts.Model.Vocabulary, _pipeline.Added);
        _postProcessor = parts.PostProcessor;
        _singleAffixes = _postProcessor?.SingleAffixes ?? ([], []);
        _decoder = parts.Decoder;
        _files = files;
        AddedTokens = parts.AddedTokens;
        SpecialTokens = SpecialTokenReader.Read(files, _vocabulary, parts.Roles);
        Warnings = TokenizerWarnings.Find(parts.Model, _pipeline.Model, _vocabulary);
    }

    /// <summary>
    /// Reads a tokenizer.json, a tokenizer.model (SentencePiece), the vocabulary inside a GGUF file, or a folder with one of the
    /// first two (or with vocab.json and merges.txt); <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> beside it
    /// give the special tokens their roles.
    /// </summary>
    /// <exception cref="Formats.InvalidInputException">The files are missing, damaged or of a kind that is not supported.</exception>
    public static Tokenizer Load(string path) => Parse(TokenizerFiles.Read(path));

    /// <summary>Highest id + 1. A model's embedding may have more rows (padding), never fewer.</summary>
    public int VocabularySize => _vocabulary.Size;

    public SpecialTokens SpecialTokens { get; }

    /// <summary>Tokens that are found as a whole before the text is split, in the order of the file.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <summary>What is odd about the files although they can be used: sentences for the person.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The id of a token, given as the vocabulary spells it; null when there is none.</summary>
    public int? TokenToId(string token) => _vocabulary.IdOf(token);

    /// <summary>The spelling of a token; null when no token has this id.</summary>
    public string? IdToToken(int id) => _vocabulary.SpellingOf(id);

    /// <summary>
    /// Ids to text. Byte sequences that are not UTF-8 become U+FFFD. Ids without a token (a model's padded rows) give nothing:
    /// <see cref="IdToToken"/> tells them.
    /// </summary>
    /// <param name="skipSpecialTokens">Leaves out tokens that are marked special; other added tokens stay.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true) => DecodePart(ids, skipSpecialTokens, continued: false);

    /// <summary>Decodes ids one by one, for text that is shown while it is generated.</summary>
    public StreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true) => new(this, skipSpecialTokens);

    /// <summary>Writes tokenizer.json or tokenizer.model and, where there were any, the files beside it into a folder.</summary>
    public void Save(string folder) => _files.Write(folder);

    internal static Tokenizer Parse(TokenizerFiles files) => new(files.Parse(), files);

    /// <summary>What the normalizer makes of a text as a whole.</summary>
    internal string Normalize(string text)
    {
        if (_pipeline.Normalizer is null) return text;
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return System.Text.Encoding.UTF8.GetString(_pipeline.Normalizer.Apply(AlignedText.FromSource(bytes, 0, bytes.Length, tracked: false)).Bytes);
    }

    /// <param name="continued">The ids continue a text: nothing is stripped at their front.</param>
    internal string DecodePart(ReadOnlySpan<int> ids, bool skipSpecialTokens, bool continued)
    {
        const string Before = "a"; // an ordinary token in front takes what decoders do to the first one
        var tokens = new List<string>(ids.Length + 1);
        if (continued) tokens.Add(Before);
        foreach (int id in ids)
            if (_vocabulary.SpellingOf(id) is { } token && !(skipSpecialTokens && _vocabulary.IsSpecial(id))) tokens.Add(token);
        string text = _decoder is null ? string.Join(' ', tokens) : string.Concat(_decoder.Apply(tokens));
        return continued ? text[Before.Length..] : text;
    }

    /// <summary>Whether what this token stands for can depend on the tokens behind it.</summary>
    internal bool JoinsWithNext(int id) =>
        _decoder is { JoinsByteTokens: true } && _vocabulary.SpellingOf(id) is { Length: 6 } token && token.StartsWith("<0x", StringComparison.Ordinal);

    /// <summary>Drops the workers with their piece caches, so that a measurement can start from nothing.</summary>
    internal void ForgetPieces()
    {
        _spareWorker = null;
        _workers.Clear();
    }

    private PipelineWorker Rent() => Interlocked.Exchange(ref _spareWorker, null) ?? (_workers.TryDequeue(out PipelineWorker? worker) ? worker : new PipelineWorker());

    private void Return(PipelineWorker worker)
    {
        worker.Release();
        if (Interlocked.CompareExchange(ref _spareWorker, worker, null) is not null) _workers.Enqueue(worker);
    }
}
