using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Draws rows of a data view at random in one pass, by reservoir sampling: every row has the same chance, and only the sample is held.</summary>
internal sealed class RowSampler(IHost host, ModalityColumns columns, ModalityFitOptions options, IReadOnlyList<string> modalities, IReadOnlyList<int> dimensions)
{
    internal RowSample Draw(IDataView data, int count, int seed)
    {
        var isLong = columns.ModalityColumnName is not null;
        var embeddings = columns.Pairs.Select(pair => EmbeddingColumns.Find(host, data.Schema, pair.Input)).ToArray();
        DataViewSchema.Column? modality = isLong ? EmbeddingColumns.FindModality(host, data.Schema, columns.ModalityColumnName!) : null;
        var reservoirs = Enumerable.Range(0, isLong ? modalities.Count : 1).Select(i => new Reservoir(count, unchecked(seed + i))).ToArray();
        using var cursor = data.GetRowCursor(modality is { } column ? [.. embeddings, column] : embeddings);
        var getters = Array.ConvertAll(embeddings, embedding => cursor.GetGetter<VBuffer<float>>(embedding));
        var reader = modality is { } named ? ModalityReader.Create(cursor, named) : null;
        var names = modalities.Select((name, i) => (name, i)).ToDictionary(entry => entry.name, entry => entry.i, StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        VBuffer<float> row = default;
        while (cursor.MoveNext())
        {
            var which = 0;
            if (reader is not null && !names.TryGetValue(reader.Read(), out which))
                continue;

            var rows = new float[getters.Length][];
            for (var i = 0; i < getters.Length; i++)
            {
                getters[i](ref row);
                rows[i] = row.DenseValues().ToArray();
            }

            if (IsUsable(cursor, embeddings, rows))
                reservoirs[which].Offer(rows);
        }

        var samples = isLong
            ? reservoirs.Select(reservoir => reservoir.Rows.SelectMany(rows => Prepare(rows[0])).ToArray())
            : embeddings.Select((_, i) => reservoirs[0].Rows.SelectMany(rows => Prepare(rows[i])).ToArray());
        return new RowSample([.. samples], dimensions, ArePairs: !isLong);
    }

    /// <summary>Which rows to take of rows in memory, in ascending order.</summary>
    internal static int[] Choose(int rows, int count, int seed)
    {
        var all = Enumerable.Range(0, rows).ToArray();
        if (count >= rows)
            return all;
        new Random(seed).Shuffle(all);
        Array.Resize(ref all, count);
        Array.Sort(all);
        return all;
    }

    internal static float[] Take(float[] rows, int dimension, int[] chosen, ArrayArena<float>? arena = null)
    {
        var taken = ArrayArena<float>.Rent(arena, chosen.Length * dimension);
        for (var i = 0; i < chosen.Length; i++)
            rows.AsSpan(chosen[i] * dimension, dimension).CopyTo(taken.AsSpan(i * dimension));

        return taken;
    }

    private float[] Prepare(float[] row)
    {
        if (options.NormalizeInput)
            RowKernels.Normalize(row, row);
        return row;
    }

    private bool IsUsable(DataViewRow cursor, DataViewSchema.Column[] embeddings, float[][] rows)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var dimension = dimensions[columns.ModalityColumnName is null ? i : 0];
            var defect = rows[i].Length != dimension ? RowDefect.WrongLength : RowDefects.Find(rows[i], options.NormalizeInput);
            if (defect == RowDefect.None)
                continue;
            if (options.UnusableRows == UnusableRows.Throw)
                throw RowOrigins.Of(embeddings[i]).CreateException(RowNumbers.Get(cursor), RowDefects.Describe(defect, rows[i], dimension));
            return false;
        }

        return true;
    }

    /// <summary>Algorithm R (Vitter, 1985).</summary>
    private sealed class Reservoir(int capacity, int seed)
    {
        private readonly Random _random = new(seed);
        private long _seen;

        internal List<float[][]> Rows { get; } = [];

        internal void Offer(float[][] rows)
        {
            _seen++;
            if (Rows.Count < capacity)
            {
                Rows.Add(rows);
                return;
            }

            var place = _random.NextInt64(_seen);
            if (place < capacity)
                Rows[(int)place] = rows;
        }
    }
}
