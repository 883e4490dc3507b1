using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A header of text behind its length, and numbers: .npy, .safetensors. Header or numbers are changed, the length is made anew.</summary>
internal sealed class FramedShape : InputShape
{
    private readonly int _prefixLength, _lengthBytes;
    private readonly InputShape _header;
    private readonly byte _padding;

    private FramedShape(int prefixLength, int lengthBytes, byte padding, InputShape header) => (_prefixLength, _lengthBytes, _padding, _header) = (prefixLength, lengthBytes, padding, header);

    /// <summary>.npy of version 1: eight bytes, an uint16, a Python literal.</summary>
    internal static FramedShape Npy { get; } = new(8, 2, (byte)'\n', new TextShape(
        "'descr'", "'fortran_order'", "'shape'", "True", "False", "'<f4'", "'<f2'", "'>f8'", "'|i1'", "'<u8'", "'|V2'", "'<c16'", "'O'", "()", "(3,)", "(2, 3, 4)", "(4294967296, 4294967296)", "(0, 4)", "(4, 0)", "(-1, 4)", "L"));

    /// <summary>.safetensors: an uint64, JSON.</summary>
    internal static FramedShape Safetensors { get; } = new(0, 8, (byte)' ', new TextShape(
        "dtype", "shape", "data_offsets", "__metadata__", "F16", "BF16", "F32", "F64", "I8", "U8", "I64", "BOOL", "F8_E4M3", "a", "b"));

    internal override byte[] Mutate(byte[] parent, FuzzRandom random)
    {
        var start = _prefixLength + _lengthBytes;
        if (parent.Length < start)
            return ByteShape.Any.Mutate(parent, random);
        var stated = _lengthBytes == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(parent.AsSpan(_prefixLength)) : BinaryPrimitives.ReadUInt64LittleEndian(parent.AsSpan(_prefixLength));
        if (stated > (ulong)(parent.Length - start))
            return ByteShape.Any.Mutate(parent, random);
        var (prefix, header, numbers) = (parent[.._prefixLength], parent[start..(start + (int)stated)], parent[(start + (int)stated)..]);
        if (random.Chance(0.75))
            header = _header.Mutate(header, random);
        else
            numbers = ByteShape.Any.Mutate(numbers, random);
        if (random.Chance(0.5))
            header = [.. header, .. new byte[(64 - ((start + header.Length) % 64)) % 64].Select(_ => _padding)];
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        return [.. prefix, .. length[.._lengthBytes], .. header, .. numbers];
    }

    /// <summary>A .npy as NumPy writes it.</summary>
    internal static byte[] CreateNpy(string description, string shape, byte[] numbers, bool fortran = false)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{description}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': ({shape}), }}".PadRight(117) + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. header, .. numbers];
    }

    /// <summary>A .safetensors as its reference writes it.</summary>
    internal static byte[] CreateSafetensors(string json, byte[] numbers)
    {
        var header = Encoding.UTF8.GetBytes(json);
        return [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. numbers];
    }
}
