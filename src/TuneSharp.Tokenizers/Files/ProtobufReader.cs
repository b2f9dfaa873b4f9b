using System.Buffers.Binary;
using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.Files;

/// <summary>
/// Walks over the fields of one protobuf message (wire format: protobuf.dev/programming-guides/encoding). Knows numbers, texts
/// and nested messages; other fields are passed over. Every length is checked against what is left.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message, string where)
{
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;
    private int _wireType;

    /// <summary>Number of the field that <see cref="Next"/> came to.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; its value must be read or skipped before the next call. False at the end.</summary>
    public bool Next()
    {
        if (_at == _message.Length) return false;
        ulong tag = ReadVarint();
        Field = tag >> 3 is > 0 and < 1 << 29 ? (int)(tag >> 3) : throw Broken("a field has the number 0 or one beyond 2^29");
        _wireType = (int)(tag & 7);
        return true;
    }

    public ulong ReadNumber() => _wireType == Varint ? ReadVarint() : throw Broken($"field {Field} should be a number");

    public bool ReadFlag() => ReadNumber() != 0;

    /// <summary>A 32-bit whole number; negative ones are stored as 64-bit numbers.</summary>
    public int ReadInt32() => unchecked((int)ReadNumber());

    public float ReadSingle()
    {
        if (_wireType != Fixed32) throw Broken($"field {Field} should be a 32-bit floating-point number");
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>A text or a nested message.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        if (_wireType != Bytes) throw Broken($"field {Field} should be a text or a message");
        ulong length = ReadVarint();
        if (length > (ulong)(_message.Length - _at)) throw Broken($"field {Field} says it has {length} bytes, but {_message.Length - _at} are left");
        return Take((int)length);
    }

    public void Skip()
    {
        switch (_wireType)
        {
            case Varint: ReadVarint(); break;
            case Fixed64: Take(8); break;
            case Bytes: ReadBytes(); break;
            case Fixed32: Take(4); break;
            default: throw Broken($"field {Field} has the wire type {_wireType}, which is not used any more");
        }
    }

    public readonly InvalidInputException Broken(string problem) =>
        new($"The file is damaged: {problem} (byte {_at} of its message).", where, "Get the file again.");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _message.Length - _at) throw Broken("it ends within a field");
        _at += count;
        return _message.Slice(_at - count, count);
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_at == _message.Length) throw Broken("it ends within a number");
            byte b = _message[_at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw Broken("a number has more than 10 bytes");
    }
}
