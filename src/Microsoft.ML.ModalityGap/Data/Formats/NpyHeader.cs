using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>The header of a .npy file (numpy's format 1.0, 2.0 or 3.0): what the numbers are, their order and shape, and where they begin.</summary>
internal sealed record NpyHeader(NumberFormat Format, bool IsFortranOrder, IReadOnlyList<long> Shape, long DataOffset)
{
    // numpy's own limit for headers it does not trust.
    private const int MaximumHeaderLength = 10_000;
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    internal static int GetElementSize(NpyElementType type) => type switch
    {
        NpyElementType.Float16 => 2,
        NpyElementType.Float32 => 4,
        _ => 8,
    };

    /// <summary>Reads a file's header and checks that the file holds all it promises.</summary>
    /// <exception cref="InvalidDataException">The file is no .npy file, is cut short, or holds what cannot be read here.</exception>
    internal static NpyHeader Read(string path)
    {
        using var stream = InputFile.OpenRead(path);
        return Read(stream, path, stream.Length);
    }

    /// <summary>Reads a header and checks that what holds it is as long as the header promises.</summary>
    /// <param name="stream">At its beginning.</param>
    /// <param name="name">For messages.</param>
    /// <param name="totalLength">Bytes of header and numbers together.</param>
    /// <exception cref="InvalidDataException">This is no .npy file, is cut short, or holds what cannot be read here.</exception>
    internal static NpyHeader Read(Stream stream, string name, long totalLength)
    {
        var start = new byte[10 + 2 + MaximumHeaderLength];
        var read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (read < 10 || !start.AsSpan(0, 6).SequenceEqual(Magic))
            throw new InvalidDataException($"'{name}' is no .npy file: it does not begin with numpy's signature. Save it with numpy.save.");

        var version = start[6];
        if (version is < 1 or > 3)
            throw new InvalidDataException($"'{name}' has .npy format version {version}.{start[7]}; versions 1.0 to 3.0 can be read.");

        var prefix = version == 1 ? 10 : 12;
        var length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8)) : BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (prefix + (long)length > totalLength || (length <= MaximumHeaderLength && prefix + (long)length > read))
            throw new InvalidDataException($"'{name}' is cut short or damaged: its header states {length} bytes, the file has {totalLength}.");
        if (length > MaximumHeaderLength)
            throw new InvalidDataException($"'{name}' has a header of {length} bytes, where {MaximumHeaderLength} are more than an array of plain numbers needs. Save one array of numbers, with numpy.save.");

        var header = Parse(name, (version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(start, prefix, (int)length), prefix + length);
        header.CheckLength(name, totalLength);
        return header;
    }

    /// <summary>
    /// Writes a version 1.0 header, padded so that the numbers begin at a multiple of 64 bytes, as numpy does, and with room for the number of rows to
    /// become any other: a stream's length is known only at its end.
    /// </summary>
    internal static void Write(Stream stream, NpyElementType elementType, params ReadOnlySpan<long> shape)
    {
        var shapeText = new StringBuilder();
        foreach (var size in shape)
            shapeText.Append(CultureInfo.InvariantCulture, $"{size}, ");
        var shapeList = shape.Length == 1 ? shapeText.ToString(0, shapeText.Length - 1) : shapeText.ToString(0, shapeText.Length - 2);
        var text = $"{{'descr': '{GetDescription(elementType)}', 'fortran_order': False, 'shape': ({shapeList}), }}";
        var total = (10 + text.Length + RoomToGrow(shape) + 1 + 63) / 64 * 64;

        Span<byte> start = stackalloc byte[10];
        Magic.CopyTo(start);
        start[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(start[8..], (ushort)(total - start.Length));
        stream.Write(start);
        stream.Write(Encoding.Latin1.GetBytes(text.PadRight(total - start.Length - 1) + "\n"));
    }

    /// <summary>How many more digits the number of rows, the last size but one, could have.</summary>
    private static int RoomToGrow(ReadOnlySpan<long> shape) =>
        shape.Length < 2 ? 0 : long.MaxValue.ToString(CultureInfo.InvariantCulture).Length - shape[^2].ToString(CultureInfo.InvariantCulture).Length;

    private static string GetDescription(NpyElementType type) => type switch
    {
        NpyElementType.Float16 => "<f2",
        NpyElementType.Float32 => "<f4",
        _ => "<f8",
    };

    private static NpyHeader Parse(string path, string text, long dataOffset)
    {
        var description = FindBetween(text, "descr", '\'', '\'');
        var isFortranOrder = FindFlag(text, "fortran_order");
        var shape = FindBetween(text, "shape", '(', ')');
        if (isFortranOrder is null || shape is null)
            throw new InvalidDataException($"'{path}' is damaged: its header reads «{Abbreviate(text)}», without a shape or an order.");
        if (description is null)
            throw new InvalidDataException($"'{path}' holds records of several fields, not plain numbers. Save one array of float32, float16 or float64.");

        if (FindFormat(description) is not { } format)
        {
            throw new InvalidDataException(
                $"'{path}' holds elements of type '{description}'; floating-point and whole numbers of 8 to 64 bits can be read ('<f4', '<f2', '>f8', '|u1', ...). Convert it with array.astype('<f4').");
        }

        var sizes = new List<long>();
        foreach (var part in shape.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!long.TryParse(part.TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                throw new InvalidDataException($"'{path}' is damaged: its shape reads ({Abbreviate(shape)}).");
            sizes.Add(size);
        }

        return new NpyHeader(format, isFortranOrder.Value, sizes, dataOffset);
    }

    private static NumberFormat? FindFormat(string description)
    {
        if (description.Length != 3 || description[0] is not ('<' or '>' or '|' or '='))
            return null;
        NumberKind? kind = description[1..] switch
        {
            "f4" => NumberKind.Float32,
            "f2" => NumberKind.Float16,
            "f8" => NumberKind.Float64,
            "u1" => NumberKind.UInt8,
            "i1" => NumberKind.Int8,
            "u2" => NumberKind.UInt16,
            "i2" => NumberKind.Int16,
            "u4" => NumberKind.UInt32,
            "i4" => NumberKind.Int32,
            "u8" => NumberKind.UInt64,
            "i8" => NumberKind.Int64,
            _ => null,
        };
        return kind is null ? null : new NumberFormat(kind.Value, description[0] == '>');
    }

    private void CheckLength(string path, long fileLength)
    {
        var expected = StoredMatrix.CountBytes(Shape, Format);
        if (fileLength - DataOffset < expected)
        {
            throw new InvalidDataException(
                $"'{path}' is cut short: its shape ({string.Join(", ", Shape)}) needs {expected} bytes of numbers, the file has {fileLength - DataOffset}.");
        }
    }

    private static string Abbreviate(string text) => text.Length <= 80 ? text.TrimEnd() : text[..80] + "…";

    /// <summary>The value of a key between two marks; <see langword="null"/> where no such key has one. Python writes headers on one line, in whatever order.</summary>
    private static string? FindBetween(string text, string key, char start, char end)
    {
        foreach (var at in FindValues(text, key))
        {
            if (at < text.Length && text[at] == start && text.IndexOf(end, at + 1) is var stop and >= 0)
                return text[(at + 1)..stop];
        }

        return null;
    }

    private static bool? FindFlag(string text, string key)
    {
        foreach (var at in FindValues(text, key))
        {
            if (text.AsSpan(at).StartsWith("True", StringComparison.Ordinal))
                return true;
            if (text.AsSpan(at).StartsWith("False", StringComparison.Ordinal))
                return false;
        }

        return null;
    }

    /// <summary>Where values of a key begin, behind its colon. By hand: a regular expression takes longer to make than a small file to read.</summary>
    private static IEnumerable<int> FindValues(string text, string key)
    {
        var quoted = $"'{key}'";
        for (var at = text.IndexOf(quoted, StringComparison.Ordinal); at >= 0; at = text.IndexOf(quoted, at + 1, StringComparison.Ordinal))
        {
            var next = SkipSpace(text, at + quoted.Length);
            if (next < text.Length && text[next] == ':')
                yield return SkipSpace(text, next + 1);
        }
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at;
    }
}
