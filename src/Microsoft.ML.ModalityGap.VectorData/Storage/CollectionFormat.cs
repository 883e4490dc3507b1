using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.ML.ModalityGap;

/// <summary>The stored form of a vector store: a block that says how many collections there are, then per collection a block of what it is, and one per 1,024 records.</summary>
/// <remarks>
/// <code>
/// block MGVS: int32 number of collections
/// block MGVC: text name; int32 number of values, per value its text name, text type, bool indexed, bool full text (the key first); int32 number of vectors, per vector its text name, int32 dimensions, text distance function;
///             bool, and if true int32 length and bytes of the model (EmbeddingMapTransformerFormat); bool whether vectors are mapped; texts modality property, default modality, query modality, fingerprint property (empty for none);
///             byte storage; text fingerprint of the vectors (empty where it is not known); int64 number of the next record; int32 number of records
/// block MGVR: int32 number of records; per record int64 its number, text its values as a JSON object by storage names;
///             per vector bool, and if true its floats, text fingerprint and text modality that it stated (empty for none)
/// </code>
/// </remarks>
internal static class CollectionFormat
{
    private const int BlockRecords = 1024;
    private const string What = "vector store";

    private static readonly BlockSignature _head = new("MGVS", Version: 1);
    private static readonly BlockSignature _collection = new("MGVC", Version: 1);
    private static readonly BlockSignature _records = new("MGVR", Version: 1);
    private static readonly JsonSerializerOptions _json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    internal static void Write(Stream stream, IReadOnlyList<(string Name, CollectionData Data)> collections)
    {
        CheckedBlock.Write(stream, _head, writer => writer.Write(collections.Count));
        foreach (var (name, data) in collections)
            data.Write((fingerprint, next, records) => Write(stream, name, data, fingerprint, next, records));
    }

    internal static IReadOnlyList<(string Name, CollectionData Data)> Read(Stream stream) => CheckedBlock.Interpret(What, () =>
    {
        var count = CheckedBlock.Read(stream, _head, What, head => head.ReadInt32());
        var collections = new List<(string, CollectionData)>();
        for (var i = 0; i < count; i++)
            collections.Add(ReadCollection(stream));
        return collections;
    });

    private static void Write(Stream stream, string name, CollectionData data, string? fingerprint, long next, StoredRecord[] records)
    {
        CheckedBlock.Write(stream, _collection, writer =>
        {
            writer.WriteText(name);
            WriteSchema(writer, data.Schema);
            WriteSettings(writer, data.Settings);
            writer.WriteText(fingerprint ?? "");
            writer.Write(next);
            writer.Write(records.Length);
        });
        foreach (var chunk in records.Chunk(BlockRecords))
        {
            CheckedBlock.Write(stream, _records, writer =>
            {
                writer.Write(chunk.Length);
                foreach (var record in chunk)
                {
                    writer.Write(record.Number);
                    writer.WriteText(WriteValues(data.Schema, record.Values));
                    foreach (var vector in record.Vectors)
                        WriteVector(writer, vector);
                }
            });
        }
    }

    private static (string Name, CollectionData Data) ReadCollection(Stream stream)
    {
        var reader = CheckedBlock.Read(stream, _collection, What);
        var name = reader.ReadText();
        var schema = ReadSchema(reader);
        var settings = ReadSettings(reader);
        var fingerprint = ReadOptional(reader);
        var (next, count) = (reader.ReadInt64(), reader.ReadInt32());
        reader.ExpectEnd();
        try
        {
            var data = new CollectionData(schema, settings);
            data.Restore(fingerprint, next, ReadRecords(stream, schema, count));
            return (name, data);
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException)
        {
            throw new InvalidDataException($"The stored vector store is damaged: collection '{name}': {exception.Message}", exception);
        }
    }

    private static List<StoredRecord> ReadRecords(Stream stream, CollectionSchema schema, int count)
    {
        var records = new List<StoredRecord>();
        while (records.Count < count)
        {
            var reader = CheckedBlock.Read(stream, _records, What);
            var rows = reader.ReadCount();
            if (rows == 0)
                throw new InvalidDataException("The stored vector store is damaged: a part has no records.");
            for (var i = 0; i < rows; i++)
                records.Add(new StoredRecord(reader.ReadInt64(), ReadValues(schema, reader.ReadText()), [.. schema.Vectors.Select(_ => ReadVector(reader))]));
            reader.ExpectEnd();
        }

        return records.Count == count ? records : throw new InvalidDataException($"The stored vector store is damaged: {count} records are announced, {records.Count} are there.");
    }

    private static string WriteValues(CollectionSchema schema, object?[] values)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            for (var i = 0; i < values.Length; i++)
            {
                writer.WritePropertyName(schema.Values[i].Name);
                JsonSerializer.Serialize(writer, values[i], schema.Values[i].ClrType, _json);
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static object?[] ReadValues(CollectionSchema schema, string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"The stored vector store is damaged: a record's values are {document.RootElement.ValueKind}, where an object is expected.");
        return [.. schema.Values.Select(field => document.RootElement.TryGetProperty(field.Name, out var value)
            ? value.Deserialize(field.ClrType, _json)
            : throw new InvalidDataException($"The stored vector store is damaged: a record has no '{field.Name}'."))];
    }

    private static void WriteVector(BinaryWriter writer, StatedEmbedding? vector)
    {
        writer.Write(vector is not null);
        if (vector is null)
            return;
        writer.WriteFloats(vector.Values);
        writer.WriteText(vector.Fingerprint ?? "");
        writer.WriteText(vector.Modality ?? "");
    }

    private static StatedEmbedding? ReadVector(BlockReader reader) => reader.ReadBoolean() ? new StatedEmbedding(reader.ReadFloats(), ReadOptional(reader), ReadOptional(reader)) : null;

    private static void WriteSchema(BinaryWriter writer, CollectionSchema schema)
    {
        writer.Write(schema.Values.Count);
        foreach (var field in schema.Values)
        {
            writer.WriteText(field.Name);
            writer.WriteText(field.Type);
            writer.Write(field.IsIndexed);
            writer.Write(field.IsFullTextIndexed);
        }

        writer.Write(schema.Vectors.Count);
        foreach (var field in schema.Vectors)
        {
            writer.WriteText(field.Name);
            writer.Write(field.Dimensions);
            writer.WriteText(field.DistanceFunction);
        }
    }

    private static CollectionSchema ReadSchema(BlockReader reader)
    {
        var values = new ValueField[reader.ReadCount()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new ValueField(reader.ReadText(), reader.ReadText(), reader.ReadBoolean(), reader.ReadBoolean());
            if (values[i].IsFullTextIndexed && values[i].ClrType != typeof(string))
                throw new InvalidDataException($"The stored vector store is damaged: '{values[i].Name}' holds {values[i].ClrType.Name}, of which there is no index of words.");
        }

        var vectors = new VectorField[reader.ReadCount()];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = new VectorField(reader.ReadText(), reader.ReadInt32(), reader.ReadText());
            if (!VectorField.Served.Contains(vectors[i].DistanceFunction))
                throw new InvalidDataException($"The stored vector store is damaged: '{vectors[i].Name}' asks for the distance function '{vectors[i].DistanceFunction}'.");
        }

        return new CollectionSchema(values, vectors);
    }

    private static void WriteSettings(BinaryWriter writer, CollectionSettings settings)
    {
        writer.Write(settings.Model is not null);
        if (settings.Model is not null)
        {
            using var model = new MemoryStream();
            EmbeddingMapTransformerFormat.Write(model, settings.Model);
            writer.Write((int)model.Length);
            writer.Write(model.GetBuffer().AsSpan(0, (int)model.Length));
        }

        writer.Write(settings.MapVectors);
        foreach (var text in new[] { settings.ModalityField, settings.DefaultModality, settings.QueryModality, settings.FingerprintField })
            writer.WriteText(text ?? "");
        writer.Write((byte)settings.Storage);
    }

    private static CollectionSettings ReadSettings(BlockReader reader)
    {
        EmbeddingMapTransformer? model = null;
        if (reader.ReadBoolean())
        {
            using var content = new MemoryStream(reader.ReadBytes(reader.ReadInt32()));
            var (columns, fingerprint, modalities, correction) = EmbeddingMapTransformerFormat.Read(content);
            model = new EmbeddingMapTransformer(new MLContext(), columns, modalities, fingerprint, correction);
        }

        return new CollectionSettings(
            model, reader.ReadBoolean(), ReadOptional(reader), ReadOptional(reader), ReadOptional(reader), ReadOptional(reader), (IndexStorage)reader.ReadByte() is var storage && Enum.IsDefined(storage)
                ? storage
                : throw new InvalidDataException($"The stored vector store is damaged: it states the storage {storage}."));
    }

    private static string? ReadOptional(BlockReader reader) => reader.ReadText() is { Length: > 0 } text ? text : null;
}
