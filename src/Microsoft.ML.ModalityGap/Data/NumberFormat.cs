using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>How numbers stand in a file of embeddings.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="IsBigEndian">Whether the most significant byte comes first.</param>
internal readonly record struct NumberFormat(NumberKind Kind, bool IsBigEndian = false)
{
    /// <summary>Bytes of a number.</summary>
    internal int Size => Kind switch
    {
        NumberKind.UInt8 or NumberKind.Int8 => 1,
        NumberKind.Float16 or NumberKind.BFloat16 or NumberKind.UInt16 or NumberKind.Int16 => 2,
        NumberKind.Float32 or NumberKind.UInt32 or NumberKind.Int32 => 4,
        _ => 8,
    };

    /// <summary>numpy's name, such as <c>float32</c>, with the order of bytes where it is not the machine's usual one.</summary>
    public override string ToString() => Kind.ToString().ToLowerInvariant() + (IsBigEndian && Size > 1 ? ", big-endian" : "");

    /// <summary>Numbers as float: rounded where they have more digits, infinite where they are too large.</summary>
    /// <param name="bytes">The numbers, <see cref="MakeNative"/> done.</param>
    /// <param name="destination">As many floats.</param>
    internal void Convert(ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        switch (Kind)
        {
            case NumberKind.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case NumberKind.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), destination);
                break;
            case NumberKind.BFloat16:
                var halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < destination.Length; i++)
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
                break;
            case NumberKind.Float64:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(bytes), destination);
                break;
            case NumberKind.UInt8:
                TensorPrimitives.ConvertTruncating<byte, float>(bytes, destination);
                break;
            case NumberKind.Int8:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, sbyte>(bytes), destination);
                break;
            case NumberKind.UInt16:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, ushort>(bytes), destination);
                break;
            case NumberKind.Int16:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, short>(bytes), destination);
                break;
            case NumberKind.UInt32:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, uint>(bytes), destination);
                break;
            case NumberKind.Int32:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, int>(bytes), destination);
                break;
            case NumberKind.UInt64:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, ulong>(bytes), destination);
                break;
            default:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, long>(bytes), destination);
                break;
        }
    }

    /// <summary>Puts the bytes of numbers as a file has them into this machine's order, in place.</summary>
    internal void MakeNative(Span<byte> bytes)
    {
        if (IsBigEndian != BitConverter.IsLittleEndian)
            return;
        switch (Size)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }
}
