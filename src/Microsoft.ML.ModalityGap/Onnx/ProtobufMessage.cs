using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A protocol buffers message under construction: fields by number, in the order they are added. Long contents are referred to rather than copied, so
/// that a model of any size is taken apart and put together again in the memory it already has.
/// </summary>
internal sealed class ProtobufMessage
{
    private readonly List<ReadOnlyMemory<byte>> _parts = [];

    /// <summary>The length of the message in bytes.</summary>
    internal long Length { get; private set; }

    /// <summary>Adds an integer or an enumeration's value.</summary>
    internal ProtobufMessage Add(int field, long value) => Write(CodedOutputStream.ComputeTagSize(field) + CodedOutputStream.ComputeInt64Size(value), output =>
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    });

    /// <summary>Adds a float32.</summary>
    internal ProtobufMessage Add(int field, float value) => Write(CodedOutputStream.ComputeTagSize(field) + sizeof(float), output =>
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
    });

    /// <summary>Adds a text.</summary>
    internal ProtobufMessage Add(int field, string value) => Write(CodedOutputStream.ComputeTagSize(field) + CodedOutputStream.ComputeStringSize(value), output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    });

    /// <summary>Adds a message.</summary>
    internal ProtobufMessage Add(int field, ProtobufMessage value)
    {
        WriteLength(field, value.Length);
        _parts.AddRange(value._parts);
        Length += value.Length;
        return this;
    }

    /// <summary>Adds bytes, which must not change afterwards.</summary>
    internal ProtobufMessage Add(int field, ReadOnlyMemory<byte> value)
    {
        WriteLength(field, value.Length);
        return AddRaw(value);
    }

    /// <summary>Adds numbers as the little-endian bytes that a tensor's raw data are.</summary>
    internal ProtobufMessage AddNumbers<T>(int field, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("ONNX models are written on little-endian machines only.");
        return Add(field, MemoryMarshal.AsBytes(values).ToArray());
    }

    /// <summary>Adds fields that are encoded already.</summary>
    internal ProtobufMessage AddRaw(ReadOnlyMemory<byte> fields)
    {
        _parts.Add(fields);
        Length += fields.Length;
        return this;
    }

    /// <summary>Writes the message.</summary>
    internal void WriteTo(Stream stream)
    {
        foreach (var part in _parts)
            stream.Write(part.Span);
    }

    /// <summary>The message in one piece.</summary>
    internal byte[] ToArray()
    {
        var result = new byte[Length];
        var position = 0;
        foreach (var part in _parts)
        {
            part.Span.CopyTo(result.AsSpan(position));
            position += part.Length;
        }

        return result;
    }

    private void WriteLength(int field, long length) => Write(CodedOutputStream.ComputeTagSize(field) + CodedOutputStream.ComputeInt64Size(length), output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteInt64(length);
    });

    private ProtobufMessage Write(int length, Action<CodedOutputStream> write)
    {
        var bytes = new byte[length];
        using (var output = new CodedOutputStream(bytes))
        {
            write(output);
            output.CheckNoSpaceLeft();
        }

        return AddRaw(bytes);
    }
}
