using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Walks the fields of one serialised protobuf message without interpreting them: enough to cut an ONNX graph, whatever version wrote it.</summary>
internal ref struct ProtobufFields(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    /// <summary>The current field's number.</summary>
    internal int Number { get; private set; }

    /// <summary>The content of the current field, where that is a text, bytes or a message; empty for numbers.</summary>
    internal ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>The current field's value, where that is a varint.</summary>
    internal ulong Value { get; private set; }

    /// <summary>All bytes of the current field: tag, length and content.</summary>
    internal readonly ReadOnlySpan<byte> Raw => _message[RawRange];

    /// <summary>Where in the message <see cref="Raw"/> is.</summary>
    internal Range RawRange { get; private set; }

    /// <summary>Where in the message <see cref="Content"/> is.</summary>
    internal readonly Range ContentRange => new(RawRange.End.Value - Content.Length, RawRange.End);

    internal readonly string Text => Encoding.UTF8.GetString(Content);

    internal bool MoveNext()
    {
        if (_position == _message.Length)
            return false;

        var start = _position;
        var tag = ReadVarint();
        Number = (int)(tag >> 3);
        Content = [];
        Value = 0;
        switch (tag & 7)
        {
            case 0:
                Value = ReadVarint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Content = Take(ReadVarint());
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Damaged();
        }

        RawRange = start.._position;
        return true;
    }

    /// <summary>The numbers of a packed field of varints.</summary>
    internal static List<ulong> ReadPacked(ReadOnlySpan<byte> content)
    {
        var numbers = new List<ulong>();
        var reader = new ProtobufFields(content);
        while (reader._position < content.Length)
            numbers.Add(reader.ReadVarint());
        return numbers;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64 && _position < _message.Length; shift += 7)
        {
            var part = _message[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Damaged();
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_message.Length - _position))
            throw Damaged();
        var taken = _message.Slice(_position, (int)length);
        _position += (int)length;
        return taken;
    }

    private static InvalidDataException Damaged() => new("This is no ONNX model, or a damaged one: its protobuf fields do not add up.");
}
