using System.Buffers;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace TinyClip;

/// <summary>A protocol buffers message under construction: fields by number, as the wire has them.</summary>
internal sealed class ProtoMessage
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    internal ProtoMessage Add(int field, long value) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    });

    internal ProtoMessage Add(int field, float value) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
    });

    internal ProtoMessage Add(int field, string value) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    });

    internal ProtoMessage Add(int field, ProtoMessage value) => Add(field, value.ToArray());

    /// <summary>Adds the elements' bytes, in this machine's order, which must be little-endian.</summary>
    internal ProtoMessage Add<T>(int field, ReadOnlySpan<T> values)
        where T : unmanaged =>
        Add(field, MemoryMarshal.AsBytes(values).ToArray());

    internal byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private ProtoMessage Add(int field, byte[] value) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value));
    });

    private ProtoMessage Write(Action<CodedOutputStream> write)
    {
        using var field = new MemoryStream();
        using (var output = new CodedOutputStream(field, leaveOpen: true))
            write(output);
        _bytes.Write(field.GetBuffer().AsSpan(0, (int)field.Length));
        return this;
    }
}
