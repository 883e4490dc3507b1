using System.Runtime.InteropServices;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>What <see cref="BlockReader"/> reads, written: arrays and texts behind an int32 length.</summary>
internal static class BlockWriterExtensions
{
    internal static void WriteFloats(this BinaryWriter writer, ReadOnlySpan<float> values)
    {
        writer.Write(values.Length);
        if (BitConverter.IsLittleEndian)
        {
            writer.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (var value in values)
            writer.Write(value);
    }

    internal static void WriteDoubles(this BinaryWriter writer, ReadOnlySpan<double> values)
    {
        writer.Write(values.Length);
        if (BitConverter.IsLittleEndian)
        {
            writer.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (var value in values)
            writer.Write(value);
    }

    internal static void WriteText(this BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }
}
