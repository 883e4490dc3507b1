using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Parquet by hand: what no library here writes, such as pages that end amid a list.</summary>
internal static class ParquetBytes
{
    // Thrift's compact protocol: a 32-bit and a 64-bit number, bytes, a list, a struct.
    private const int Int32 = 5, Int64 = 6, Binary = 8, List = 9, Struct = 12;

    /// <summary>A file of that content and footer.</summary>
    internal static byte[] Enclose(byte[] content, byte[] footer) => [.. "PAR1"u8, .. content, .. footer, .. LittleEndian(footer.Length), .. "PAR1"u8];

    internal static IEnumerable<byte> Zigzag(long number) => Varint((ulong)((number << 1) ^ (number >> 63)));

    internal static IEnumerable<byte> Varint(ulong number)
    {
        for (; number > 127; number >>= 7)
            yield return (byte)(number | 128);
        yield return (byte)number;
    }

    /// <summary>
    /// One row group of a column <c>v</c> of lists, which may be missing, of numbers, which may be missing. Pages end after <paramref name="cuts"/> entries each, and then the last again, wherever that is.
    /// </summary>
    /// <param name="lists">The lists; <see langword="null"/> for none, NaN for a missing number.</param>
    /// <param name="version">Of the pages.</param>
    /// <param name="cuts">How many entries a page has.</param>
    /// <param name="rowCount">How many rows the footer states, where that is not how many there are.</param>
    internal static byte[] Write(float[]?[] lists, int version, int[] cuts, int? rowCount = null)
    {
        var entries = new List<(byte Repetition, byte Definition, float Value)>();
        foreach (var list in lists)
        {
            if (list is null or [])
                entries.Add((0, (byte)(list is null ? 0 : 1), 0));
            else
                entries.AddRange(list.Select((number, i) => ((byte)(i == 0 ? 0 : 1), (byte)(float.IsNaN(number) ? 2 : 3), number)));
        }

        var pages = new List<byte>();
        for (int at = 0, page = 0; at < entries.Count; page++)
        {
            var part = entries.Skip(at).Take(cuts[Math.Min(page, cuts.Length - 1)]).ToArray();
            pages.AddRange(WritePage(part, version));
            at += part.Length;
        }

        byte[] element(string name, int? type, int? repetition, int? children, bool isList) =>
            [.. Fields((1, Int32, type), (3, Int32, repetition), (4, Binary, Bytes(name)), (5, Int32, children), (6, Int32, isList ? 3 : null))];
        byte[][] schema = [element("schema", null, null, 1, false), element("v", null, 1, 1, true), element("list", null, 2, 1, false), element("element", 4, 1, null, false)];
        byte[] chunk = [.. Fields((1, Int32, 4), (2, List, Items(Int32, [.. Zigzag(0)])), (3, List, Items(Binary, Bytes("v"), Bytes("list"), Bytes("element"))), (4, Int32, 0), (5, Int64, entries.Count), (6, Int64, pages.Count), (7, Int64, pages.Count), (9, Int64, 4))];
        byte[] column = [.. Fields((2, Int64, 4), (3, Struct, chunk))];
        byte[] group = [.. Fields((1, List, Items(Struct, column)), (2, Int64, pages.Count), (3, Int64, rowCount ?? lists.Length))];
        return Enclose([.. pages], [.. Fields((1, Int32, 1), (2, List, Items(Struct, schema)), (3, Int64, rowCount ?? lists.Length), (4, List, Items(Struct, group)))]);
    }

    private static byte[] WritePage((byte Repetition, byte Definition, float Value)[] entries, int version)
    {
        byte[] repetitions = [.. entries.SelectMany(entry => (byte[])[2, entry.Repetition])], definitions = [.. entries.SelectMany(entry => (byte[])[2, entry.Definition])];
        byte[] values = [.. entries.Where(entry => entry.Definition == 3).SelectMany(entry => BitConverter.GetBytes(entry.Value))];
        byte[] content = version == 1 ? [.. LittleEndian(repetitions.Length), .. repetitions, .. LittleEndian(definitions.Length), .. definitions, .. values] : [.. repetitions, .. definitions, .. values];
        byte[] data = version == 1
            ? [.. Fields((1, Int32, entries.Length), (2, Int32, 0), (3, Int32, 3), (4, Int32, 3))]
            : [.. Fields((1, Int32, entries.Length), (2, Int32, entries.Count(entry => entry.Definition < 3)), (3, Int32, entries.Count(entry => entry.Repetition == 0)), (4, Int32, 0), (5, Int32, definitions.Length), (6, Int32, repetitions.Length))];
        return [.. Fields((1, Int32, version == 1 ? 0 : 3), (2, Int32, content.Length), (3, Int32, content.Length), (version == 1 ? 5 : 8, Struct, data)), .. content];
    }

    /// <summary>A struct: of each field its number, its type, and a number or bytes; fields without either are left out.</summary>
    private static IEnumerable<byte> Fields(params (int Id, int Type, object? Value)[] fields)
    {
        var last = 0;
        foreach (var (id, type, value) in fields.Where(field => field.Value is not null))
        {
            yield return (byte)(((id - last) << 4) | type);
            foreach (var part in value as byte[] ?? Zigzag(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)))
                yield return part;
            last = id;
        }

        yield return 0;
    }

    private static byte[] Items(int type, params byte[][] items) => [(byte)((items.Length << 4) | type), .. items.SelectMany(item => item)];

    private static byte[] Bytes(string text) => [.. Varint((ulong)text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] LittleEndian(int number)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }
}
