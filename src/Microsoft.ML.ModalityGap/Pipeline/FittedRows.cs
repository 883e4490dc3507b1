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

    /// <summary>How the kinds of all annotations begin.</summary>
    private const string Prefix = "ModalityGapFitted";

    /// <summary>A vector of Double: usable rows, rows left out, 1 for normalised rows, total variance, then the mean. Where the modality is told row by row, one for each, with its name behind a colon.</summary>
    private const string StatisticsKind = Prefix + "Rows";

    /// <summary>A text: the column that the map takes.</summary>
    private const string ColumnKind = Prefix + "Column";

    /// <summary>A text: the column that says the modality of a row, where one does.</summary>
    private const string ModalityKind = Prefix + "Modality";

    private const int HeaderLength = 4;

    internal static bool IsAnnotation(string kind) => kind.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Adds what is known of the rows that the map of a column was fitted on.</summary>
    internal static void Add(DataViewSchema.Annotations.Builder annotations, string inputName, ModalityStatistics? statistics)
    {
        AddName(annotations, ColumnKind, inputName);
        AddStatistics(annotations, StatisticsKind, statistics);
    }

    /// <summary>The same of a map per modality, where a column says which a row has.</summary>
    internal static void Add(DataViewSchema.Annotations.Builder annotations, string inputName, string modalityName, IEnumerable<ModalityMap> maps)
    {
        AddName(annotations, ColumnKind, inputName);
        AddName(annotations, ModalityKind, modalityName);
        foreach (var map in maps)
            AddStatistics(annotations, $"{StatisticsKind}:{map.Modality}", map.Statistics);
    }

    /// <summary>Warns of those of the columns whose rows their maps were fitted on.</summary>
    /// <returns>Whether there are any.</returns>
    internal static bool Warn(IHost host, IDataView data, params ReadOnlySpan<DataViewSchema.Column> columns)
    {
        var names = new List<string>();
        foreach (var column in columns)
            names.AddRange(FindFitted(data, column));
        return Warn(host, names);
    }

    /// <summary>Warns of what was read already.</summary>
    /// <param name="host">Where to.</param>
    /// <param name="names">Columns or modalities whose rows their maps were fitted on.</param>
    /// <returns>Whether there are any.</returns>
    internal static bool Warn(IHost host, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0)
            return false;
        using var channel = host.Start("Compare with the rows fitted on");
        channel.Warning($"{Warning}: the maps of {string.Join(" and ", names.Select(name => $"'{name}'"))} were fitted on these very rows, which flatters them. Fit on other rows to see what new ones will do.");
        return true;
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
            && new FittedStatistics(entry.Statistics).HasMean(statistics.Mean));
    }

    /// <summary>
    /// The maps that a column came through and that know what they were fitted on, each with the column it takes, which is there still, if only hidden, and what it knows of its rows: of all rows of
    /// the column, or by modality.
    /// </summary>
    internal static IEnumerable<(DataViewSchema.Column Input, DataViewSchema.Column? Modality, List<(string? Modality, FittedStatistics Statistics)> Statistics)> Find(
        DataViewSchema schema, DataViewSchema.Column column)
    {
        for (var mapped = column; FindBefore(schema, mapped, ColumnKind) is { Type: VectorDataViewType { ItemType: NumberDataViewType { RawType: var type } } } input && type == typeof(float); mapped = input)
        {
            var modality = FindBefore(schema, mapped, ModalityKind);
            var statistics = new List<(string?, FittedStatistics)>();
            foreach (var kind in mapped.Annotations.Schema)
            {
                if (!kind.Name.StartsWith(StatisticsKind, StringComparison.Ordinal) || kind.Type is not VectorDataViewType { ItemType: NumberDataViewType })
                    continue;
                var name = kind.Name.Length > StatisticsKind.Length ? kind.Name[(StatisticsKind.Length + 1)..] : null;
                if (name is null == modality is null)
                    statistics.Add((name, Read(mapped, kind.Name)));
            }

            if (statistics.Count > 0)
                yield return (input, modality, statistics);
        }
    }

    /// <summary>Costs a pass over the rows where their number agrees.</summary>
    private static IEnumerable<string> FindFitted(IDataView data, DataViewSchema.Column column)
    {
        if (FittedRowsWatch.Create(data, column) is not { } watch)
            return [];
        using var cursor = data.GetRowCursor(watch.Columns);
        watch.Bind(cursor);
        while (cursor.MoveNext() && watch.Observe())
        {
        }

        return watch.FindFitted();
    }

    private static void AddName(DataViewSchema.Annotations.Builder annotations, string kind, string name) =>
        annotations.Add(kind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = name.AsMemory());

    private static void AddStatistics(DataViewSchema.Annotations.Builder annotations, string kind, ModalityStatistics? statistics)
    {
        if (statistics is null)
            return;
        var length = HeaderLength + statistics.Dimension;
        annotations.Add(kind, new VectorDataViewType(NumberDataViewType.Double, length), (ref VBuffer<double> value) =>
        {
            var editor = VBufferEditor.Create(ref value, length);
            (editor.Values[0], editor.Values[1], editor.Values[2], editor.Values[3]) =
                (statistics.Count, statistics.SkippedCount, statistics.Normalized ? 1 : 0, statistics.TotalVariance);
            statistics.Mean.CopyTo(editor.Values[HeaderLength..]);
            value = editor.Commit();
        });
    }

    /// <summary>The column that an annotation of another names, among those before it.</summary>
    private static DataViewSchema.Column? FindBefore(DataViewSchema schema, DataViewSchema.Column column, string kind)
    {
        if (column.Annotations.Schema.GetColumnOrNull(kind) is not { Type: TextDataViewType })
            return null;
        ReadOnlyMemory<char> name = default;
        column.Annotations.GetValue(kind, ref name);
        for (var i = column.Index - 1; i >= 0; i--)
        {
            if (name.Span.SequenceEqual(schema[i].Name))
                return schema[i];
        }

        return null;
    }

    private static FittedStatistics Read(DataViewSchema.Column column, string kind)
    {
        VBuffer<double> value = default;
        column.Annotations.GetValue(kind, ref value);
        double[] values = [.. value.DenseValues()];
        return new FittedStatistics((long)values[0], (long)values[1], values[2] != 0, values[3], values[HeaderLength..]);
    }
}
