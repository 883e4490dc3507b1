using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Fills an index from a data view, row by row.</summary>
internal static class EmbeddingIndexBuilder
{
    internal static EmbeddingIndex Create(
        IHost host, IDataView data, string embeddingName, string? idName, string? modalityName, EmbeddingIndexOptions options)
    {
        var embedding = EmbeddingColumns.Find(host, data.Schema, embeddingName);
        DataViewSchema.Column? id = idName is null ? null : IdReader.FindColumn(host, data.Schema, idName);
        DataViewSchema.Column? modality = modalityName is null ? null : EmbeddingColumns.FindModality(host, data.Schema, modalityName);
        var dimension = EmbeddingColumns.FindDimension(data, embedding)
            ?? throw new InvalidDataException($"Column '{embeddingName}' has no rows, so the dimension of the index is not known. Make an empty one with new {nameof(EmbeddingIndex)}(dimension).");
        var index = new EmbeddingIndex(dimension, options, MapFingerprint.Find(embedding));
        Add(host, index, data, embedding, id, modality);
        return index;
    }

    internal static void Add(IHost host, EmbeddingIndex index, IDataView data, DataViewSchema.Column embedding, DataViewSchema.Column? id, DataViewSchema.Column? modality)
    {
        using var channel = host.Start("Fill an embedding index");
        using var progress = host.StartProgressChannel("Fill an embedding index");
        var watch = FittedRowsWatch.Create(data, embedding);
        using var cursor = data.GetRowCursor([.. new DataViewSchema.Column?[] { embedding, id, modality }.OfType<DataViewSchema.Column>(), .. watch?.Columns ?? []]);
        var getEmbedding = cursor.GetGetter<VBuffer<float>>(embedding);
        var getId = id is null ? null : CreateIdReader(cursor, id.Value);
        var modalityReader = modality is null ? null : ModalityReader.Create(cursor, modality.Value);
        watch?.Bind(cursor);
        var total = data.GetRowCount();
        long rows = 0;
        progress.SetHeader(new ProgressHeader("rows"), entry =>
        {
            if (total is { } limit)
                entry.SetProgress(0, rows, limit);
            else
                entry.SetProgress(0, rows);
        });
        VBuffer<float> row = default;
        long skipped = 0;
        for (; cursor.MoveNext(); rows++)
        {
            watch?.Observe();
            getEmbedding(ref row);
            DenseRows.MakeDense(ref row);
            var key = getId?.Invoke();
            var name = modalityReader is null ? default : modalityReader.Read();
            var (column, defect) = index.FindDefect(row.GetValues()) is { } found ? (embedding.Name, found)
                : id is not null && key is null ? (id.Value.Name, "no id")
                : modality is not null && name.IsEmpty ? (modality.Value.Name, "no modality")
                : (embedding.Name, null);
            if (defect is not null)
            {
                if (index.Options.UnusableRows == UnusableRows.Throw)
                    throw RowOrigins.Of(cursor.Schema[column]).CreateException(RowNumbers.Get(cursor), defect);
                skipped++;
                continue;
            }

            try
            {
                index.Add(key ?? RowNumbers.Get(cursor), row.GetValues(), modality is null ? null : name.ToString());
            }
            catch (ArgumentException exception)
            {
                throw new InvalidDataException($"Column '{id?.Name ?? embedding.Name}', row {RowNumbers.Get(cursor)}: {exception.Message}", exception);
            }
        }

        if (skipped > 0)
            channel.Warning($"'{embedding.Name}': {skipped} of {rows} rows could not be used and were left out of the index.");
        FittedRows.Warn(host, [.. watch?.FindFitted() ?? []]);
    }

    /// <summary>Integers that fit are ids by number, everything else by text; <see langword="null"/> where a row has none.</summary>
    private static Func<EmbeddingId?> CreateIdReader(DataViewRow row, DataViewSchema.Column column)
    {
        var read = IdReader.Create(row, column);
        var areNumbers = column.Type is NumberDataViewType && Type.GetTypeCode(column.Type.RawType) is >= TypeCode.SByte and <= TypeCode.Int64;
        return () => read() is not { Length: > 0 } text ? default(EmbeddingId?) : areNumbers ? new EmbeddingId(long.Parse(text, CultureInfo.InvariantCulture)) : new EmbeddingId(text);
    }
}
