using System.Buffers.Binary;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The safetensors format: int64 length of the header; the header, JSON of each tensor's <c>dtype</c>, <c>shape</c> and <c>data_offsets</c>; the tensors. What maps vectors came through
/// stands in its <c>__metadata__</c>.
/// </summary>
/// <remarks>Source: the format's description, github.com/huggingface/safetensors.</remarks>
internal sealed class SafetensorsFormat : IEmbeddingFormat
{
    /// <summary>The key of the metadata under which the fingerprint of the maps of all tensors stands, or with <c>.</c> and the name behind it that of one.</summary>
    internal const string FingerprintKey = "modality_gap_fingerprint";

    private const string MetadataKey = "__metadata__";

    // The format allows 100 MB; what has some thousand tensors needs one.
    private const long MaximumHeaderLength = 1 << 24;

    public string Extension => ".safetensors";

    public bool HasMembers => true;

    public IReadOnlyList<(string Member, StoredMatrix Matrix)> List(string path, Action<string> warn)
    {
        using var stream = InputFile.OpenRead(path);
        var prefix = new byte[sizeof(ulong)];
        var length = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length ? ulong.MaxValue : BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaximumHeaderLength || (long)length > stream.Length - prefix.Length)
            throw new InvalidDataException($"'{path}' is no safetensors file, cut short or damaged: its header would be {length} bytes long, the file has {stream.Length}.");
        var header = new byte[length];
        stream.ReadExactly(header);
        try
        {
            using var document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
            return Read(path, document.RootElement, prefix.Length + (long)length, stream.Length);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"'{path}' is damaged: its header is not what safetensors writes. {e.Message}", e);
        }
    }

    public void Write(Stream stream, IReadOnlyList<WrittenColumn> columns, NpyElementType elementType)
    {
        if (columns.FirstOrDefault(column => column.Name == MetadataKey) is not null)
            throw new InvalidDataException($"A tensor cannot be called {MetadataKey}, which is the name of a safetensors file's metadata.");
        var header = CreateHeader(columns, elementType);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var column in columns)
            column.WriteCountedTo(stream, elementType);
    }

    /// <summary>The header, with spaces behind it so that the numbers begin at a multiple of eight bytes.</summary>
    private static byte[] CreateHeader(IReadOnlyList<WrittenColumn> columns, NpyElementType elementType)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            if (columns.Any(column => column.Fingerprint is not null))
            {
                json.WriteStartObject(MetadataKey);
                foreach (var column in columns.Where(column => column.Fingerprint is not null))
                    json.WriteString(FingerprintKey + "." + column.Name, column.Fingerprint);
                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var column in columns)
            {
                json.WriteStartObject(column.Name);
                json.WriteString("dtype", elementType switch { NpyElementType.Float16 => "F16", NpyElementType.Float32 => "F32", _ => "F64" });
                json.WriteStartArray("shape");
                json.WriteNumberValue(column.RowCount);
                json.WriteNumberValue(column.Dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += column.RowCount * column.Dimension * NpyHeader.GetElementSize(elementType));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (text.Length % sizeof(ulong) != 0)
            text.WriteByte((byte)' ');
        return text.ToArray();
    }

    private static List<(string, StoredMatrix)> Read(string path, JsonElement header, long start, long fileLength)
    {
        var bytes = new MatrixBytes(path);
        var tensors = new List<(string Name, StoredMatrix Matrix)>();
        var ranges = new List<(long Begin, long End, string Name)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in header.EnumerateObject().Where(property => property.Name != MetadataKey))
        {
            var name = property.Name;
            if (!names.Add(name))
                throw new InvalidDataException($"'{path}' is damaged: it names the tensor '{name}' twice.");
            long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
            if (shape.Any(size => size < 0) || offsets is not [>= 0 and var begin, var end] || end < begin || end > fileLength - start)
                throw new InvalidDataException($"'{path}' is cut short or damaged: the tensor '{name}' would stand at [{string.Join(", ", offsets)}] of {fileLength - start} bytes.");
            ranges.Add((begin, end, name));

            // Tensors of other kinds may stand beside; only one that is asked for needs to be readable.
            if (FindKind(property.Value.GetProperty("dtype").GetString()) is not { } kind)
                continue;
            var format = new NumberFormat(kind);
            if (StoredMatrix.CountBytes(shape, format) != end - begin)
                throw new InvalidDataException($"'{path}' is damaged: the tensor '{name}' of shape ({string.Join(", ", shape)}) and type {format} needs {StoredMatrix.CountBytes(shape, format)} bytes, but has {end - begin}.");
            var fingerprints = new string?[StoredMatrix.CountModalities(shape)];
            Array.Fill(fingerprints, FindFingerprint(header, FingerprintKey + "." + name) ?? FindFingerprint(header, FingerprintKey));
            tensors.Add((name, new StoredMatrix($"{path}:{name}", shape, format, IsFortranOrder: false, bytes, start + begin, fingerprints)));
        }

        ranges.Sort();
        for (var i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].Begin < ranges[i - 1].End)
                throw new InvalidDataException($"'{path}' is damaged: the tensors '{ranges[i - 1].Name}' and '{ranges[i].Name}' overlap.");
        }

        return tensors;
    }

    private static string? FindFingerprint(JsonElement header, string key) =>
        header.TryGetProperty(MetadataKey, out var metadata) && metadata.TryGetProperty(key, out var text) && text.GetString() is { Length: > 0 } known ? known : null;

    private static NumberKind? FindKind(string? type) => type switch
    {
        "F32" => NumberKind.Float32,
        "F16" => NumberKind.Float16,
        "BF16" => NumberKind.BFloat16,
        "F64" => NumberKind.Float64,
        "U8" => NumberKind.UInt8,
        "I8" => NumberKind.Int8,
        "U16" => NumberKind.UInt16,
        "I16" => NumberKind.Int16,
        "U32" => NumberKind.UInt32,
        "I32" => NumberKind.Int32,
        "U64" => NumberKind.UInt64,
        "I64" => NumberKind.Int64,
        _ => null,
    };
}
