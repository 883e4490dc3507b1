using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A field of a Protobuf message: a number, bytes, or fields of its own. Reads and writes without knowing the schema, and says what the smallest seeds are made of.</summary>
internal sealed class ProtobufNode
{
    private const int MaximumDepth = 100;

    internal int Field { get; set; }

    /// <summary>0 a varint, 1 eight bytes, 2 bytes or a message, 5 four bytes.</summary>
    internal int Wire { get; set; }

    internal ulong Number { get; set; }

    internal byte[] Bytes { get; set; } = [];

    /// <summary>The fields, where the bytes are a message; otherwise <see langword="null"/>.</summary>
    internal List<ProtobufNode>? Fields { get; set; }

    internal static ProtobufNode Varint(int field, long number) => new() { Field = field, Wire = 0, Number = unchecked((ulong)number) };

    internal static ProtobufNode Text(int field, string text) => new() { Field = field, Wire = 2, Bytes = Encoding.UTF8.GetBytes(text) };

    internal static ProtobufNode Raw(int field, byte[] bytes) => new() { Field = field, Wire = 2, Bytes = bytes };

    internal static ProtobufNode Message(int field, params ProtobufNode[] fields) => new() { Field = field, Wire = 2, Fields = [.. fields] };

    internal ProtobufNode Clone() => new() { Field = Field, Wire = Wire, Number = Number, Bytes = Bytes, Fields = Fields?.ConvertAll(node => node.Clone()) };

    /// <summary>The fields of a message; <see langword="null"/> where the bytes are none.</summary>
    internal static List<ProtobufNode>? Read(ReadOnlySpan<byte> bytes, int depth = 0)
    {
        var fields = new List<ProtobufNode>();
        while (!bytes.IsEmpty)
        {
            if (!TakeVarint(ref bytes, out var key) || key >> 3 is 0 or > 2047)
                return null;
            var node = new ProtobufNode { Field = (int)(key >> 3), Wire = (int)(key & 7) };
            switch (node.Wire)
            {
                case 0 when TakeVarint(ref bytes, out var number):
                    node.Number = number;
                    break;
                case 1 when bytes.Length >= 8:
                    node.Bytes = bytes[..8].ToArray();
                    bytes = bytes[8..];
                    break;
                case 2 when TakeVarint(ref bytes, out var length) && length <= (ulong)bytes.Length:
                    node.Bytes = bytes[..(int)length].ToArray();
                    node.Fields = length > 1 && depth < MaximumDepth ? Read(node.Bytes, depth + 1) : null;
                    bytes = bytes[(int)length..];
                    break;
                case 5 when bytes.Length >= 4:
                    node.Bytes = bytes[..4].ToArray();
                    bytes = bytes[4..];
                    break;
                default:
                    return null;
            }

            fields.Add(node);
        }

        return fields;
    }

    internal static byte[] Write(IEnumerable<ProtobufNode> fields)
    {
        using var stream = new MemoryStream();
        foreach (var node in fields)
            node.Write(stream);
        return stream.ToArray();
    }

    /// <summary>Bytes as a field inside a field and so on, so many times; written from the inside out, since no stack is deep enough.</summary>
    internal static byte[] Nest(byte[] content, IReadOnlyList<int> path, int count)
    {
        var headers = new List<byte[]>(count);
        long length = content.Length;
        for (var i = 0; i < count; i++)
        {
            using var header = new MemoryStream();
            PutVarint(header, (ulong)((path[path.Count - 1 - (i % path.Count)] << 3) | 2));
            PutVarint(header, (ulong)length);
            headers.Add(header.ToArray());
            length += header.Length;
        }

        headers.Reverse();
        return [.. headers.SelectMany(header => header), .. content];
    }

    private void Write(MemoryStream stream)
    {
        PutVarint(stream, (ulong)((Field << 3) | Wire));
        if (Wire == 0)
        {
            PutVarint(stream, Number);
            return;
        }

        var content = Fields is null ? Bytes : Write(Fields);
        if (Wire == 2)
            PutVarint(stream, (ulong)content.Length);
        stream.Write(content);
    }

    private static bool TakeVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private static void PutVarint(MemoryStream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }
}
