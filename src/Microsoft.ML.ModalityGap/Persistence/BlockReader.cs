using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Reads little-endian values from bytes already in memory, so that no stated length can ask for more than there is. Nothing that is stored is NaN or infinite but where a reader says so, and
/// what is is refused: it would go on into results without a word.
/// </summary>
internal sealed class BlockReader(ReadOnlyMemory<byte> content, byte version)
{
    private ReadOnlyMemory<byte> _rest = content;

    /// <summary>The layout's version, which the block states.</summary>
    internal byte Version { get; } = version;

    /// <summary>The bytes not read yet.</summary>
    internal int Remaining => _rest.Length;

    internal byte ReadByte() => Take(1)[0];

    internal bool ReadBoolean() => ReadByte() != 0;

    internal int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    internal long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    internal float ReadSingle() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    /// <summary>A number that may be NaN or infinite.</summary>
    internal double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    /// <summary>A number that is finite.</summary>
    internal double ReadFiniteDouble() => ReadDouble() is var value && double.IsFinite(value) ? value : throw NotFinite(value, index: 0, count: 1);

    internal byte[] ReadBytes(int count) => Take(count).ToArray();

    /// <summary>Bytes as they lie, straight to their place.</summary>
    internal void CopyTo(Span<byte> destination) => Take(destination.Length).CopyTo(destination);

    internal string ReadText() => Encoding.UTF8.GetString(Take(ReadInt32()));

    /// <summary>Finite numbers behind their count.</summary>
    internal float[] ReadFloats()
    {
        var bytes = Take((long)ReadInt32() * sizeof(float));
        var values = new float[bytes.Length / sizeof(float)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
            if (!float.IsFinite(values[i]))
                throw NotFinite(values[i], i, values.Length);
        }

        return values;
    }

    /// <summary>Finite numbers behind their count.</summary>
    internal double[] ReadDoubles()
    {
        var bytes = Take((long)ReadInt32() * sizeof(double));
        var values = new double[bytes.Length / sizeof(double)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * sizeof(double))..]);
            if (!double.IsFinite(values[i]))
                throw NotFinite(values[i], i, values.Length);
        }

        return values;
    }

    /// <summary>A count of things that take at least one byte each; a damaged one fails here, before anything is allocated.</summary>
    internal int ReadCount()
    {
        var count = ReadInt32();
        if (count < 0 || count > _rest.Length)
            throw new InvalidDataException($"The stored content is damaged: it announces {count} entries in {_rest.Length} bytes.");
        return count;
    }

    /// <summary>Throws unless everything has been read.</summary>
    internal void ExpectEnd()
    {
        if (!_rest.IsEmpty)
            throw new InvalidDataException($"The stored content is damaged: {_rest.Length} bytes are left over.");
    }

    private static InvalidDataException NotFinite(double value, int index, int count) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The stored content is damaged: of {count} numbers, number {index} is {value}, where finite ones are stored."));

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > _rest.Length)
            throw new InvalidDataException($"The stored content is damaged: {count} more bytes are expected, {_rest.Length} are left.");

        var taken = _rest.Span[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
