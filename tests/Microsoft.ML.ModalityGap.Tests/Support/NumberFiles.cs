using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Files of arrays written byte by byte after the formats' descriptions, knowing nothing of the library's own writers.</summary>
internal static class NumberFiles
{
    /// <summary>The kinds of numbers: numpy's name, safetensors' name (none where it has none), and a value's bytes, least significant first.</summary>
    public static readonly (string Numpy, string? Safetensors, Func<double, byte[]> ToBytes)[] Kinds =
    [
        ("f4", "F32", value => BitConverter.GetBytes((float)value)),
        ("f2", "F16", value => BitConverter.GetBytes((Half)value)),
        ("f8", "F64", BitConverter.GetBytes),
        ("u1", "U8", value => [(byte)value]),
        ("i1", "I8", value => [(byte)(sbyte)value]),
        ("u2", "U16", value => BitConverter.GetBytes((ushort)value)),
        ("i2", "I16", value => BitConverter.GetBytes((short)value)),
        ("u4", "U32", value => BitConverter.GetBytes((uint)value)),
        ("i4", "I32", value => BitConverter.GetBytes((int)value)),
        ("u8", "U64", value => BitConverter.GetBytes((ulong)value)),
        ("i8", "I64", value => BitConverter.GetBytes((long)value)),
        ("", "BF16", value => BitConverter.GetBytes((float)value)[2..]),
    ];

    /// <summary>A .npy file's bytes.</summary>
    /// <param name="values">In C order.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="type">numpy's name with its order of bytes, such as <c>&gt;f4</c>.</param>
    /// <param name="fortran">Whether the first index runs fastest in the file.</param>
    public static byte[] Npy(double[] values, int[] shape, string type = "<f4", bool fortran = false)
    {
        var text = $"{{'descr': '{type}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': ({string.Join(", ", shape)}{(shape.Length == 1 ? "," : "")}), }}";
        var header = Encoding.Latin1.GetBytes(text.PadRight(117) + "\n");
        var start = new byte[] { 0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)(header.Length & 255), (byte)(header.Length >> 8) };
        return [.. start, .. header, .. Numbers(fortran ? ToFortranOrder(values, shape) : values, type[1..], bigEndian: type[0] == '>')];
    }

    /// <summary>An archive of .npy files.</summary>
    public static void WriteNpz(string path, CompressionLevel level, params (string Name, byte[] Content)[] members)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in members)
        {
            using var entry = archive.CreateEntry(name + ".npy", level).Open();
            entry.Write(content);
        }
    }

    /// <summary>A .safetensors file's bytes.</summary>
    public static byte[] Safetensors(string header, params byte[][] tensors)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. tensors.SelectMany(tensor => tensor)];
    }

    /// <summary>Values as bytes.</summary>
    public static byte[] Numbers(double[] values, string kind, bool bigEndian = false)
    {
        var toBytes = Kinds.Single(other => other.Numpy == kind || other.Safetensors == kind).ToBytes;
        return [.. values.SelectMany(value => bigEndian ? toBytes(value).Reverse() : toBytes(value))];
    }

    private static double[] ToFortranOrder(double[] values, int[] shape)
    {
        var result = new double[values.Length];
        var index = new int[shape.Length];
        foreach (var value in values)
        {
            var (at, step) = (0, 1);
            for (var axis = 0; axis < shape.Length; axis++)
            {
                at += index[axis] * step;
                step *= shape[axis];
            }

            result[at] = value;
            for (var axis = shape.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
                index[axis] = 0;
        }

        return result;
    }
}
