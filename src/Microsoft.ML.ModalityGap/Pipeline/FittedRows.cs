using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Tells whether the rows of a mapped column are those its map was fitted on, by what is kept of these as annotations of the column: their number and their mean. What is measured on such rows
/// flatters the map.
/// </summary>
internal static class FittedRows
{
    /// <summary>How every warning begins.</summary>
    internal const string Warning = "measured on the rows it was fitted on";

    /// <summary>A vector of Double: usable rows, rows left out, 1 for normalised rows, total variance, then the mean.</summary>
    private const string StatisticsKind = "ModalityGapFittedRows";

    /// <summary>A text: the column that the map takes.</summary>
    private const string ColumnKind = "ModalityGapFittedColumn";

    private const int HeaderLength = 4;

    // Two samples of n rows have means about sqrt(2 tr C/n) apart. Nothing but the same rows comes a thousand times as near.
    private const double Agreement = 1e-3;

    internal static bool IsAnnotation(string kind) => kind is StatisticsKind or ColumnKind;

    /// <summary>Adds what is known of the rows a map was fitted on.</summary>
    internal static void Add(DataViewSchema.Annotations.Builder annotations, string inputName, ModalityStatistics? statistics)
    {
        annotations.Add(ColumnKind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = inputName.AsMemory());
        if (statistics is null)
            return;
        var length = HeaderLength + statistics.Dimension;
        annotations.Add(StatisticsKind, new VectorDataViewType(NumberDataViewType.Double, length), (ref VBuffer<double> value) =>
        {
            var editor = VBufferEditor.Create(ref value, length);
            (editor.Values[0], editor.Values[1], editor.Values[2], editor.Values[3]) =
                (statistics.Count, statistics.SkippedCount, statistics.Normalized ? 1 : 0, statistics.TotalVariance);
            statistics.Mean.CopyTo(editor.Values[HeaderLength..]);
            value = editor.Commit();
        });
    }

    /// <summary>Warns of those of the columns whose rows their maps were fitted on.</summary>
    /// <returns>Whether there are any.</returns>
    internal static bool Warn(IHost host, IDataView data, params ReadOnlySpan<DataViewSchema.Column> columns)
    {
        var names = new List<string>();
        foreach (var column in columns)
        {
            if (AreRowsOf(host, data, column))
                names.Add($"'{column.Name}'");
        }

        if (names.Count == 0)
            return false;
        using var channel = host.Start("Compare with the rows fitted on");
        channel.Warning($"{Warning}: the maps of {string.Join(" and ", names)} were fitted on these very rows, which flatters them. Fit on other rows to see what new ones will do.");
        return true;
    }

    /// <summary>Whether a column is mapped and its rows are those that its map, or one that it came through before, was fitted on. Costs a pass over the rows where their number agrees.</summary>
    internal static bool AreRowsOf(IHost host, IDataView data, DataViewSchema.Column column)
    {
        // Each map in a chain points to the column it takes, which is there still, if only hidden.
        for (var mapped = column; FindInput(data.Schema, mapped) is { } input; mapped = input)
        {
            if (Read(mapped) is { } fitted && Agree(host, data, fitted, input))
                return true;
        }

        return false;
    }

    /// <summary>The same of data as it comes to the maps: of every modality whose map knows what it was fitted on, and of one at least.</summary>
    internal static bool AreThoseOf(IHost host, EmbeddingMapTransformer maps, IDataView data)
    {
        var known = maps.Modalities.Where(entry => entry.Statistics is not null).ToArray();
        if (known.Length == 0 || known.Any(entry => entry.Statistics!.Normalized != known[0].Statistics!.Normalized))
            return false;
        var options = new ModalityStatisticsOptions { Normalize = known[0].Statistics!.Normalized, UnusableRows = UnusableRows.Skip };
        var found = new ModalityStatisticsFitter(host, maps.Columns, options).Fit(data).ToDictionary(entry => entry.Modality, entry => entry.Statistics, StringComparer.Ordinal);
        return known.All(entry => found.TryGetValue(entry.Modality, out var statistics)
            && statistics.Count == entry.Statistics!.Count && statistics.Dimension == entry.Statistics.Dimension
            && HaveSameMean(entry.Statistics.Mean, statistics.Mean, entry.Statistics.TotalVariance, statistics.Count));
    }

    private static DataViewSchema.Column? FindInput(DataViewSchema schema, DataViewSchema.Column column)
    {
        var kinds = column.Annotations.Schema;
        if (kinds.GetColumnOrNull(ColumnKind) is not { Type: TextDataViewType })
            return null;
        ReadOnlyMemory<char> name = default;
        column.Annotations.GetValue(ColumnKind, ref name);
        for (var i = column.Index - 1; i >= 0; i--)
        {
            if (name.Span.SequenceEqual(schema[i].Name))
                return schema[i].Type is VectorDataViewType { ItemType: NumberDataViewType { RawType: var type } } && type == typeof(float) ? schema[i] : null;
        }

        return null;
    }

    /// <summary>What is known of the rows fitted on; <see langword="null"/> for maps that learn nothing, or made by hand.</summary>
    private static double[]? Read(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(StatisticsKind) is not { Type: VectorDataViewType { ItemType: NumberDataViewType } })
            return null;
        VBuffer<double> value = default;
        column.Annotations.GetValue(StatisticsKind, ref value);
        return [.. value.DenseValues()];
    }

    private static bool Agree(IHost host, IDataView data, double[] fitted, DataViewSchema.Column input)
    {
        var (count, skipped, normalized, variance) = ((long)fitted[0], (long)fitted[1], fitted[2] != 0, fitted[3]);
        if (data.GetRowCount() is { } rows && rows != count + skipped)
            return false;

        var dimension = fitted.Length - HeaderLength;
        var builder = new ModalityStatisticsBuilder(dimension, new ModalityStatisticsOptions { Normalize = normalized, UnusableRows = UnusableRows.Skip }, RowOrigins.Of(input));
        long found = 0;
        using (var cursor = data.GetRowCursor([input]))
        {
            var getter = cursor.GetGetter<VBuffer<float>>(input);
            VBuffer<float> row = default;
            while (cursor.MoveNext())
            {
                getter(ref row);
                DenseRows.MakeDense(ref row);
                if (row.Length == dimension && builder.TryAdd(row.GetValues()) == RowDefect.None && ++found > count)
                    return false;
            }
        }

        return found == count && HaveSameMean(fitted.AsSpan(HeaderLength), builder.Build().Mean, variance, count);
    }

    private static bool HaveSameMean(ReadOnlySpan<double> first, ReadOnlySpan<double> second, double variance, long count) =>
        TensorPrimitives.Distance(first, second) <= (Agreement * Math.Sqrt(Math.Max(0, variance) / count)) + 1e-12;
}
