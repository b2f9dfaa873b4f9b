using TuneSharp.Tokenizers.AddedTokens;
using TuneSharp.Tokenizers.Files;
using TuneSharp.Tokenizers.Models;
using TuneSharp.Tokenizers.Models.Bpe;
using TuneSharp.Tokenizers.Normalization;
using TuneSharp.Tokenizers.Splitting;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers;

/// <summary>
/// From text to tokens: cut at added tokens in the raw text, normalize the rest, cut at added tokens of the normalized text,
/// split into pieces, run the model. Immutable; every call works in a <see cref="PipelineWorker"/>.
/// </summary>
internal sealed class Pipeline
{
    private readonly PreTokenizer? _preTokenizer;
    private readonly PieceScanner? _scanner; // gives the same pieces as the pre-tokenizer
    private readonly bool _needsSource;

    public Pipeline(TokenizerParts parts)
    {
        Normalizer = parts.Normalizer;
        Added = new AddedVocabulary(parts.AddedTokens, parts.Normalizer);
        // When the last step spells bytes as characters and the model only looks those up, both leave the spelling out.
        bool bytes = parts.Model.ReadsBytes && EndsWithSpelling(parts.PreTokenizer);
        _preTokenizer = bytes ? WithoutLastSpelling(parts.PreTokenizer!) : parts.PreTokenizer;
        _scanner = ScannerFor(_preTokenizer);
        _needsSource = _preTokenizer?.NeedsSource ?? false;
        Model = parts.Model.Build(bytes ? PieceForm.Bytes : PieceForm.Characters);
    }

    public Normalizer? Normalizer { get; }

    public AddedVocabulary Added { get; }

    public ITokenModel Model { get; }

    /// <summary>Appends the tokens of the worker's source text to the worker.</summary>
    /// <param name="record">Whether to record the words, from which offsets are made.</param>
    /// <param name="splitSpecial">Special tokens in the text are plain text.</param>
    public void Run(PipelineWorker worker, bool record, bool splitSpecial)
    {
        worker.Start(record, Model.SpelledByText);
        Added.CutRaw(worker.Source, splitSpecial, worker.RawSections);
        foreach (Section section in worker.RawSections)
        {
            int length = section.End - section.Start;
            if (section.Token is { } token) worker.AddWhole(token.Id, length, record ? worker.Text(section.Start, length) : null, 0);
            else RunSection(worker, section.Start, length, splitSpecial);
        }
    }

    private void RunSection(PipelineWorker worker, int start, int length, bool splitSpecial)
    {
        ReadOnlySpan<byte> bytes = worker.Source.Slice(start, length);
        if (_scanner is not null && !Added.HasNormalized && (Normalizer?.LeavesUnchanged(bytes) ?? true))
        {
            ScanPieces(worker, bytes, worker.Recording ? worker.Text(start, length) : null, 0);
            return;
        }
        AlignedText text = worker.Text(start, length, worker.Recording || _needsSource);
        AlignedText normalized = Normalizer?.Apply(text) ?? text;
        if (!Added.HasNormalized)
        {
            RunPieces(worker, normalized, 0, normalized.Length);
            return;
        }
        var sections = new List<Section>();
        Added.CutNormalized(normalized.Bytes, splitSpecial, sections);
        foreach (Section section in sections)
        {
            if (section.Token is { } token) worker.AddWhole(token.Id, section.End - section.Start, normalized, section.Start);
            else RunPieces(worker, normalized, section.Start, section.End);
        }
    }

    private void RunPieces(PipelineWorker worker, AlignedText text, int start, int end)
    {
        if (start == end) return;
        if (_scanner is not null)
        {
            ScanPieces(worker, text.Bytes[start..end], text, start);
            return;
        }
        List<Piece> pieces = worker.Pieces;
        pieces.Clear();
        var whole = new Piece(text, start, end - start);
        if (_preTokenizer is null) pieces.Add(whole);
        else _preTokenizer.Split(whole, pieces);
        foreach (Piece piece in pieces)
        {
            worker.BeginWord(piece.Text, piece.Start);
            Model.Tokenize(piece.Bytes, worker.Bpe, worker.Tokens);
        }
    }

    private void ScanPieces(PipelineWorker worker, ReadOnlySpan<byte> bytes, AlignedText? text, int offset)
    {
        worker.Ends.Clear();
        _scanner!.Split(bytes, worker.Ends);
        int start = 0;
        foreach (int end in worker.Ends.Items)
        {
            if (worker.Recording) worker.BeginWord(text!, offset + start);
            Model.Tokenize(bytes[start..end], worker.Bpe, worker.Tokens);
            start = end;
        }
    }

    private static bool EndsWithSpelling(PreTokenizer? step) => step switch
    {
        ByteLevelPreTokenizer => true,
        SequencePreTokenizer sequence => sequence.Steps.Count > 0 && sequence.Steps[^1] is ByteLevelPreTokenizer,
        _ => false,
    };

    private static PreTokenizer WithoutLastSpelling(PreTokenizer step) => step switch
    {
        ByteLevelPreTokenizer last => last.WithoutSpelling(),
        SequencePreTokenizer sequence => new SequencePreTokenizer([.. sequence.Steps.Take(sequence.Steps.Count - 1), WithoutLastSpelling(sequence.Steps[^1])]),
        _ => step,
    };

    private static PieceScanner? ScannerFor(PreTokenizer? step) => step switch
    {
        ByteLevelPreTokenizer { AddPrefixSpace: false, UseRegex: true, SpellBytes: false } => Gpt2Scanner.Instance,
        SplitPreTokenizer split => split.Scanner,
        SequencePreTokenizer { Steps: [SplitPreTokenizer split, ByteLevelPreTokenizer { AddPrefixSpace: false, UseRegex: false, SpellBytes: false }] } => split.Scanner,
        _ => null,
    };
}
