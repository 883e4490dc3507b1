using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Keeps with a column the files its rows come from, as an annotation, so that messages can name the file.</summary>
internal static class RowOrigins
{
    private const string NamesKind = "ModalityGapShards";
    private const string CountsKind = "ModalityGapShardRows";

    /// <summary>What is known of a column.</summary>
    internal static RowOrigin Of(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(NamesKind) is null || column.Annotations.Schema.GetColumnOrNull(CountsKind) is null)
            return new RowOrigin(column.Name);
        VBuffer<ReadOnlyMemory<char>> names = default;
        VBuffer<long> counts = default;
        column.Annotations.GetValue(NamesKind, ref names);
        column.Annotations.GetValue(CountsKind, ref counts);
        return new RowOrigin(column.Name, [.. names.DenseValues().Zip(counts.DenseValues(), (name, count) => (name.ToString(), count))]);
    }

    /// <summary>Adds the annotations.</summary>
    internal static void Add(DataViewSchema.Annotations.Builder annotations, (string Name, long RowCount)[] shards)
    {
        var names = new VBuffer<ReadOnlyMemory<char>>(shards.Length, Array.ConvertAll(shards, shard => shard.Name.AsMemory()));
        var counts = new VBuffer<long>(shards.Length, Array.ConvertAll(shards, shard => shard.RowCount));
        annotations.Add(NamesKind, new VectorDataViewType(TextDataViewType.Instance, shards.Length), (ref VBuffer<ReadOnlyMemory<char>> value) => names.CopyTo(ref value));
        annotations.Add(CountsKind, new VectorDataViewType(NumberDataViewType.Int64, shards.Length), (ref VBuffer<long> value) => counts.CopyTo(ref value));
    }
}
