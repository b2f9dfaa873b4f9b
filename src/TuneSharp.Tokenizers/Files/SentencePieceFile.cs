using System.Buffers.Binary;
using System.Text;
using TuneSharp.Formats;
using TuneSharp.Tokenizers.SentencePiece;

namespace TuneSharp.Tokenizers.Files;

/// <summary>
/// Reads and writes tokenizer.model: a protobuf message <c>ModelProto</c> (sentencepiece_model.proto). Of it the pieces, the
/// kind of model, the special ids and the rules for blanks are used.
/// </summary>
internal static class SentencePieceFile
{
    private const int Bpe = 2;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly string[] KindNames = ["", "Unigram", "BPE", "word", "character"];

    public static SentencePieceVocabulary Parse(ReadOnlySpan<byte> model, string where)
    {
        var pieces = new List<VocabularyPiece>();
        var trainer = new TrainerFields();
        var normalizer = new NormalizerFields();
        var reader = new ProtobufReader(model, where);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: pieces.Add(ReadPiece(reader.ReadBytes(), pieces.Count, where)); break;
                case 2: trainer = ReadTrainer(reader.ReadBytes(), where); break;
                case 3: normalizer = ReadNormalizer(reader.ReadBytes(), where); break;
                default: reader.Skip(); break;
            }
        }
        if (pieces.Count == 0)
            throw new InvalidInputException("The file holds no pieces: it is no SentencePiece model.", where, "Name the tokenizer.model of the model.");
        if (trainer.Kind != Bpe)
        {
            string kind = trainer.Kind is > 0 and < 5 ? KindNames[trainer.Kind] : $"number {trainer.Kind}";
            throw new InvalidInputException($"The SentencePiece model is of the kind {kind}; BPE can be used.", where, "Use a model whose tokenizer is BPE.");
        }
        if (normalizer.HasCharsMap)
            throw new InvalidInputException("The SentencePiece model rewrites characters by a table of its own (precompiled_charsmap), which is not supported.", where, "Use the model's tokenizer.json.");
        return new SentencePieceVocabulary
        {
            Pieces = pieces,
            ByteFallback = trainer.ByteFallback,
            WhitespaceAsSuffix = trainer.WhitespaceAsSuffix,
            UnknownSurface = trainer.UnknownSurface,
            UnknownId = trainer.UnknownId,
            BosId = IdOrNull(trainer.BosId),
            EosId = IdOrNull(trainer.EosId),
            PadId = IdOrNull(trainer.PadId),
            AddDummyPrefix = normalizer.AddDummyPrefix,
            RemoveExtraWhitespaces = normalizer.RemoveExtraWhitespaces,
            EscapeWhitespaces = normalizer.EscapeWhitespaces,
        };

        static int? IdOrNull(int id) => id < 0 ? null : id;
    }

    /// <summary>The vocabulary as a tokenizer.model that SentencePiece reads.</summary>
    public static byte[] Write(SentencePieceVocabulary vocabulary)
    {
        var file = new MemoryStream();
        foreach (VocabularyPiece piece in vocabulary.Pieces)
        {
            var message = new MemoryStream();
            WriteBytes(message, 1, System.Text.Encoding.UTF8.GetBytes(piece.Text));
            WriteSingle(message, 2, piece.Score);
            if (piece.Kind != PieceKind.Normal) WriteNumber(message, 3, (ulong)piece.Kind);
            WriteBytes(file, 1, message.ToArray());
        }
        var trainer = new MemoryStream();
        WriteNumber(trainer, 3, Bpe);
        WriteFlag(trainer, 24, vocabulary.WhitespaceAsSuffix);
        WriteFlag(trainer, 35, vocabulary.ByteFallback);
        foreach ((int field, int id) in (ReadOnlySpan<(int, int)>)[(40, vocabulary.UnknownId), (41, vocabulary.BosId ?? -1), (42, vocabulary.EosId ?? -1), (43, vocabulary.PadId ?? -1)])
            WriteNumber(trainer, field, unchecked((ulong)(long)id));
        foreach ((int field, int? id) in (ReadOnlySpan<(int, int?)>)[(45, vocabulary.UnknownId), (46, vocabulary.BosId), (47, vocabulary.EosId), (48, vocabulary.PadId)])
            if (id is { } present) WriteBytes(trainer, field, System.Text.Encoding.UTF8.GetBytes(vocabulary.Pieces[present].Text));
        WriteBytes(trainer, 44, System.Text.Encoding.UTF8.GetBytes(vocabulary.UnknownSurface));
        WriteBytes(file, 2, trainer.ToArray());
        var normalizer = new MemoryStream();
        WriteBytes(normalizer, 1, "identity"u8.ToArray());
        WriteFlag(normalizer, 3, vocabulary.AddDummyPrefix);
        WriteFlag(normalizer, 4, vocabulary.RemoveExtraWhitespaces);
        WriteFlag(normalizer, 5, vocabulary.EscapeWhitespaces);
        WriteBytes(file, 3, normalizer.ToArray());
        return file.ToArray();
    }

    private static VocabularyPiece ReadPiece(ReadOnlySpan<byte> message, int id, string where)
    {
        string text = "";
        float score = 0;
        var kind = PieceKind.Normal;
        var reader = new ProtobufReader(message, where);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: text = Text(reader.ReadBytes(), $"piece {id}", where); break;
                case 2: score = reader.ReadSingle(); break;
                case 3: kind = (PieceKind)reader.ReadInt32(); break;
                default: reader.Skip(); break;
            }
        }
        return new VocabularyPiece(text, score, kind);
    }

    private record struct TrainerFields(int Kind, bool ByteFallback, bool WhitespaceAsSuffix, int UnknownId, int BosId, int EosId, int PadId, string UnknownSurface)
    {
        /// <summary>The format's defaults.</summary>
        public TrainerFields() : this(1, false, false, 0, 1, 2, -1, " \u2047 ") { }
    }

    private static TrainerFields ReadTrainer(ReadOnlySpan<byte> message, string where)
    {
        var fields = new TrainerFields();
        var reader = new ProtobufReader(message, where);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3: fields.Kind = reader.ReadInt32(); break;
                case 24: fields.WhitespaceAsSuffix = reader.ReadFlag(); break;
                case 35: fields.ByteFallback = reader.ReadFlag(); break;
                case 40: fields.UnknownId = reader.ReadInt32(); break;
                case 41: fields.BosId = reader.ReadInt32(); break;
                case 42: fields.EosId = reader.ReadInt32(); break;
                case 43: fields.PadId = reader.ReadInt32(); break;
                case 44: fields.UnknownSurface = Text(reader.ReadBytes(), "unk_surface", where); break;
                default: reader.Skip(); break;
            }
        }
        return fields;
    }

    private record struct NormalizerFields(bool AddDummyPrefix, bool RemoveExtraWhitespaces, bool EscapeWhitespaces, bool HasCharsMap)
    {
        /// <summary>The format's defaults.</summary>
        public NormalizerFields() : this(true, true, true, false) { }
    }

    private static NormalizerFields ReadNormalizer(ReadOnlySpan<byte> message, string where)
    {
        var fields = new NormalizerFields();
        var reader = new ProtobufReader(message, where);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: fields.HasCharsMap = reader.ReadBytes().Length > 0; break;
                case 3: fields.AddDummyPrefix = reader.ReadFlag(); break;
                case 4: fields.RemoveExtraWhitespaces = reader.ReadFlag(); break;
                case 5: fields.EscapeWhitespaces = reader.ReadFlag(); break;
                default: reader.Skip(); break;
            }
        }
        return fields;
    }

    private static string Text(ReadOnlySpan<byte> utf8, string what, string where)
    {
        try { return StrictUtf8.GetString(utf8); }
        catch (DecoderFallbackException e) { throw new InvalidInputException($"The text of {what} is not valid UTF-8.", where, "Get the file again.", e); }
    }

    private static void WriteVarint(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7) stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }

    private static void WriteNumber(Stream stream, int field, ulong value)
    {
        WriteVarint(stream, (ulong)field << 3);
        WriteVarint(stream, value);
    }

    private static void WriteFlag(Stream stream, int field, bool value) => WriteNumber(stream, field, value ? 1u : 0u);

    private static void WriteBytes(Stream stream, int field, byte[] bytes)
    {
        WriteVarint(stream, ((ulong)field << 3) | 2);
        WriteVarint(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteSingle(Stream stream, int field, float value)
    {
        WriteVarint(stream, ((ulong)field << 3) | 5);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        stream.Write(bytes);
    }
}
