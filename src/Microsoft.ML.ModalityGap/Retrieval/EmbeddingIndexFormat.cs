using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The stored form of an <see cref="EmbeddingIndex"/>: a block of what it is and whose rows it has, then a block per 1,024 rows, so that no index is too large for one
/// block and each is checked before it is used.
/// </summary>
/// <remarks>
/// <code>
/// block MGIX: int32 dimension, byte metric, byte storage, byte unusable rows, text fingerprint (empty where it is not known)
///             text default modality (empty for none), bool, and if true the correction (SimilarityCorrectionFormat); since version 2
///             byte first pass; since version 3, which is written where there is one
///             int32 number of rows, bool whether ids are numbers, int32 number of modalities, per modality its text
///             per row its id (int64 or text) and int32 number of its modality, -1 for none
/// block MGIC: int32 number of the chunk, its values in panels of 32 rows, a step of the dimensions beside the next, or one row behind the other where there is a first pass and the storage is not int8;
///             per row a float32 scale where the storage is int8
/// </code>
/// </remarks>
internal static class EmbeddingIndexFormat
{
    /// <summary>The first bytes of a stored index.</summary>
    internal static ReadOnlySpan<byte> Start => "MGIX"u8;

    private const byte FirstPassVersion = 3;

    private const string What = "embedding index";

    private static readonly BlockSignature _head = new("MGIX", FirstPassVersion);
    private static readonly BlockSignature _chunk = new("MGIC", Version: 1);

    internal static void Write(Stream stream, EmbeddingIndex index)
    {
        ThrowIfBigEndian();
        var (store, entries) = (index.Store, index.Entries);
        var hasFirstPass = index.Options.FirstPass != IndexFirstPass.None;
        CheckedBlock.Write(stream, hasFirstPass ? _head : _head with { Version = FirstPassVersion - 1 }, writer =>
        {
            writer.Write(index.Dimension);
            writer.Write((byte)index.Options.Metric);
            writer.Write((byte)index.Options.Storage);
            writer.Write((byte)index.Options.UnusableRows);
            writer.WriteText(index.Fingerprint ?? "");
            writer.WriteText(index.Options.DefaultModality ?? "");
            writer.Write(index.Options.Correction is not null);
            if (index.Options.Correction is { } correction)
                SimilarityCorrectionFormat.Write(writer, correction);
            if (hasFirstPass)
                writer.Write((byte)index.Options.FirstPass);
            writer.Write(entries.Count);
            writer.Write(entries.AreNumbers ?? false);
            writer.Write(entries.Names.Count);
            foreach (var name in entries.Names)
                writer.WriteText(name);
            for (var position = 0; position < entries.Count; position++)
            {
                var id = entries.GetId(position);
                if (id.IsNumber)
                    writer.Write(id.Number);
                else
                    writer.WriteText(id.ToString());
                writer.Write(entries.GetModalityNumber(position));
            }
        });
        var bytes = new byte[store.ChunkFileBytes];
        for (var chunk = 0; chunk < store.ChunkCount; chunk++)
        {
            store.CopyChunkTo(chunk, bytes);
            CheckedBlock.Write(stream, _chunk, writer =>
            {
                writer.Write(chunk);
                writer.Write(bytes);
                writer.Write(MemoryMarshal.AsBytes(store.GetChunkScales(chunk)));
            });
        }
    }

    internal static EmbeddingIndex Read(Stream stream)
    {
        ThrowIfBigEndian();
        var index = CheckedBlock.Read(stream, _head, What, ReadHead);
        for (int chunk = 0, first = 0; first < index.Entries.Count; chunk++, first += PanelStore.ChunkRows)
        {
            var rows = Math.Min(PanelStore.ChunkRows, index.Entries.Count - first);
            CheckedBlock.Read(stream, _chunk, What, content => ReadChunk(content, index.Store, chunk, rows));
            if (index.FindChunkDefect(chunk) is { } defect)
                throw new InvalidDataException($"The stored embedding index is damaged: its part {chunk} holds {defect}, which could not have been added.");
        }

        index.Codes?.Fill(index.Store);
        return index;
    }

    /// <summary>An index that knows its rows' ids, but has none of their values.</summary>
    private static EmbeddingIndex ReadHead(BlockReader reader)
    {
        var dimension = reader.ReadInt32();
        var (metric, storage, unusableRows) = ((SimilarityMetric)reader.ReadByte(), (IndexStorage)reader.ReadByte(), (UnusableRows)reader.ReadByte());
        var fingerprint = reader.ReadText();
        if (dimension is < 1 or > EmbeddingIndex.MaximumDimension || !Enum.IsDefined(metric) || !Enum.IsDefined(storage) || !Enum.IsDefined(unusableRows))
            throw new InvalidDataException($"The stored embedding index is damaged: it states {dimension} dimensions, metric {metric}, storage {storage}.");

        var defaultModality = reader.Version >= 2 && reader.ReadText() is { Length: > 0 } name ? name : null;
        var correction = reader.Version >= 2 && reader.ReadBoolean() ? SimilarityCorrectionFormat.Read(reader) : null;
        if (correction is not null && (correction.Dimension != dimension || metric != SimilarityMetric.Cosine))
            throw new InvalidDataException($"The stored embedding index is damaged: it has {dimension} dimensions and the metric {metric}, its correction {correction.Dimension} dimensions.");
        var firstPass = reader.Version >= FirstPassVersion ? (IndexFirstPass)reader.ReadByte() : IndexFirstPass.None;
        if (!Enum.IsDefined(firstPass))
            throw new InvalidDataException($"The stored embedding index is damaged: it states a first pass {firstPass}.");
        var options = new EmbeddingIndexOptions { FirstPass = firstPass, Metric = metric, Storage = storage, UnusableRows = unusableRows, DefaultModality = defaultModality, Correction = correction };
        var index = new EmbeddingIndex(dimension, options, fingerprint.Length == 0 ? null : fingerprint);
        ReadEntries(reader, index.Entries);
        if (correction is not null && (index.Entries.Names.Any(known => !correction.Knows(known)) || Enumerable.Range(0, index.Entries.Count).Any(row => index.Entries.GetModality(row) is null)))
            throw new InvalidDataException("The stored embedding index is damaged: a row has no modality that its correction knows.");
        return index;
    }

    /// <summary>Memory is taken for what is there, not for what the head announced.</summary>
    private static bool ReadChunk(BlockReader content, PanelStore store, int chunk, int rows)
    {
        if (content.ReadInt32() is var number && number != chunk)
            throw new InvalidDataException($"The stored embedding index is damaged: its part {chunk} says that it is part {number}.");
        if (content.Remaining != store.ChunkBytes)
            throw new InvalidDataException($"The stored embedding index is damaged: its part {chunk} has {content.Remaining} bytes of rows, where {store.ChunkBytes} are expected.");
        store.AppendChunk(rows);
        store.CopyChunkFrom(chunk, content.ReadBytes(store.ChunkFileBytes));
        content.CopyTo(MemoryMarshal.AsBytes(store.GetChunkScales(chunk)));
        return true;
    }

    private static void ReadEntries(BlockReader reader, IndexEntries entries)
    {
        var count = reader.ReadCount();
        var areNumbers = reader.ReadBoolean();
        var names = new string[reader.ReadCount()];
        for (var i = 0; i < names.Length; i++)
            entries.AddName(names[i] = reader.ReadText());
        for (var i = 0; i < count; i++)
        {
            var id = areNumbers ? new EmbeddingId(reader.ReadInt64()) : new EmbeddingId(reader.ReadText());
            var modality = reader.ReadInt32();
            if (modality < -1 || modality >= names.Length || entries.DescribeConflict(id) is not null)
                throw new InvalidDataException($"The stored embedding index is damaged: row {i} has the id '{id}' and the modality {modality}.");
            entries.Add(id, modality < 0 ? null : names[modality]);
        }
    }

    private static void ThrowIfBigEndian()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("An embedding index is stored as it lies in a little-endian machine's memory; this machine is big-endian.");
    }
}
