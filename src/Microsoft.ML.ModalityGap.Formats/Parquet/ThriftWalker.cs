namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Walks over Parquet's metadata before Parquet.Net reads it, which takes fields to be of their type, reads on behind the end, and makes lists of any length that is stated.
/// </summary>
/// <remarks>Sources: Thrift's compact protocol (thrift-compact-protocol.md), and parquet.thrift of the format's description.</remarks>
/// <param name="stream">The file.</param>
/// <param name="start">Where the metadata begins.</param>
/// <param name="end">Where it must have ended.</param>
/// <param name="found">Told of every number and truth value with the struct it stands in and its field's number, and with field 0 of the end of each struct.</param>
internal sealed class ThriftWalker(Stream stream, long start, long end, Action<string, long, long> found)
{
    // As the protocol numbers them.
    private const int Stop = 0, True = 1, False = 2, Byte = 3, Int16 = 4, Int64 = 6, Double = 7, Binary = 8, List = 9, Struct = 12;

    private readonly long _start = start;

    /// <summary>Where it has come to.</summary>
    internal long Position { get; private set; } = start;

    /// <exception cref="InvalidDataException">What stands there is no such struct.</exception>
    internal void Walk(ThriftStruct root)
    {
        stream.Position = Position;
        WalkStruct(root);
    }

    private void WalkStruct(ThriftStruct type)
    {
        var id = 0L;
        for (int header; (header = ReadByte()) != Stop;)
        {
            id = header >> 4 == 0 ? ReadNumber() : id + (header >> 4);
            if (id is < short.MinValue or > short.MaxValue)
                throw Damaged($"a field {id} of {type.Name}");
            var wire = header & 15;
            if (type.Find(id) is { } known)
                WalkValue(known, wire, $"field {id} of {type.Name}", type.Name, id);
            else
                SkipUnknown(wire, $"field {id} of {type.Name}, which is not known");
        }

        found(type.Name, 0, 0);
    }

    private void WalkValue(ThriftType type, int wire, string what, string owner, long id)
    {
        if (wire is < True or > Struct || GetKind(wire) != type.Kind)
            throw Damaged($"{what} of Thrift's type {wire}");
        switch (type.Kind)
        {
            case ThriftKind.Struct:
                WalkStruct(type.Struct!);
                break;
            case ThriftKind.List:
                WalkList(type.Entry!, what, owner, id);
                break;
            case ThriftKind.Number:
                found(owner, id, ReadNumber());
                break;
            case ThriftKind.Bool:
                found(owner, id, wire == True ? 1 : 0);
                break;
            default:
                SkipScalar(wire, what);
                break;
        }
    }

    private void WalkList(ThriftType entry, string what, string owner, long id)
    {
        var (count, wire) = ReadListHeader(what);
        for (var i = 0L; i < count; i++)
        {
            if (entry.Kind == ThriftKind.Number && GetKind(wire) == ThriftKind.Number)
                ReadNumber();
            else
                WalkValue(entry, wire, what, owner, id);
        }
    }

    // Parquet.Net passes over single values and over lists of them, not over what structs hold.
    private void SkipUnknown(int wire, string what)
    {
        switch (wire)
        {
            case Struct:
                if (ReadByte() != Stop)
                    throw Damaged($"{what}, a struct");
                break;
            case List:
                var (count, entry) = ReadListHeader(what);
                if (entry is True or False or List or Struct)
                    throw Damaged($"{what}, a list of others");
                for (var i = 0L; i < count; i++)
                    SkipScalar(entry, what);
                break;
            default:
                SkipScalar(wire, what);
                break;
        }
    }

    private void SkipScalar(int wire, string what)
    {
        switch (wire)
        {
            case True or False:
                break;
            case Byte:
                Skip(1, what);
                break;
            case >= Int16 and <= Int64:
                ReadNumber();
                break;
            case Double:
                Skip(sizeof(double), what);
                break;
            case Binary:
                Skip(ReadLength(what), what);
                break;
            default:
                throw Damaged($"{what} of Thrift's type {wire}");
        }
    }

    private static ThriftKind? GetKind(int wire) => wire switch
    {
        True or False => ThriftKind.Bool,
        Byte => ThriftKind.Byte,
        >= Int16 and <= Int64 => ThriftKind.Number,
        Double => ThriftKind.Double,
        Binary => ThriftKind.Binary,
        List => ThriftKind.List,
        Struct => ThriftKind.Struct,
        _ => null,
    };

    /// <summary>Every entry takes a byte at least.</summary>
    private (long Count, int Wire) ReadListHeader(string what)
    {
        var header = ReadByte();
        var count = header >> 4 == 15 ? ReadLength(what) : header >> 4;
        return count <= end - Position ? (count, header & 15) : throw Damaged($"{what} with {count} entries");
    }

    private long ReadLength(string what) => ReadUnsigned() is var length && length <= int.MaxValue ? (long)length : throw Damaged($"{what} of {length} bytes or entries");

    private long ReadNumber() => ReadUnsigned() is var number ? (long)(number >> 1) ^ -(long)(number & 1) : 0;

    private ulong ReadUnsigned()
    {
        var number = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = ReadByte();
            number |= (ulong)(part & 127) << shift;
            if (part < 128)
                return number;
        }

        throw Damaged("a number of more than ten bytes");
    }

    private int ReadByte()
    {
        if (Position >= end)
            throw new InvalidDataException($"It is damaged: Parquet's metadata that begins at byte {_start} does not end by byte {end}.");
        Position++;
        return stream.ReadByte() is >= 0 and var part ? part : throw new InvalidDataException($"It is cut short at byte {Position - 1}.");
    }

    private void Skip(long count, string what)
    {
        if (count > end - Position)
            throw Damaged($"{what} of {count} bytes");
        Position += count;
        stream.Position = Position;
    }

    private InvalidDataException Damaged(string what) => new($"Parquet's metadata that begins at byte {_start} has at byte {Position} {what}.");
}
