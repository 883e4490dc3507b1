using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PureHDF;
using PureHDF.Selections;

namespace Microsoft.ML.ModalityGap;

/// <summary>Numbers of a data set, little-endian or big-endian. PureHDF reads those of the machine's order alone, but gives the bytes of any.</summary>
internal static class Hdf5Numbers
{
    // What PureHDF says, and nothing else by which the order could be told from outside.
    private const string OtherOrder = "Byte order conversion";

    internal static T[] Read<T>(IH5Dataset dataset, Selection rows)
        where T : struct
    {
        try
        {
            return dataset.Read<T[]>(rows, null, null);
        }
        catch (Exception exception) when (exception.Message.StartsWith(OtherOrder, StringComparison.Ordinal))
        {
            var numbers = MemoryMarshal.Cast<byte, T>(dataset.Read<byte[]>(rows, null, null)).ToArray();
            Reverse(MemoryMarshal.AsBytes(numbers.AsSpan()), Unsafe.SizeOf<T>());
            return numbers;
        }
    }

    private static void Reverse(Span<byte> bytes, int size)
    {
        switch (size)
        {
            case sizeof(ushort):
                Reverse(MemoryMarshal.Cast<byte, ushort>(bytes), BinaryPrimitives.ReverseEndianness);
                break;
            case sizeof(uint):
                Reverse(MemoryMarshal.Cast<byte, uint>(bytes), BinaryPrimitives.ReverseEndianness);
                break;
            case sizeof(ulong):
                Reverse(MemoryMarshal.Cast<byte, ulong>(bytes), BinaryPrimitives.ReverseEndianness);
                break;
            default:
                throw new InvalidDataException($"Numbers of {size} bytes cannot be turned round.");
        }
    }

    private delegate void Reversal<T>(ReadOnlySpan<T> source, Span<T> destination);

    private static void Reverse<T>(Span<T> numbers, Reversal<T> reverse) => reverse(numbers, numbers);
}
