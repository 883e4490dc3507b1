using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Per class the scores of all rows and which rows have it, in memory.</summary>
internal sealed class MultiLabelData
{
    private readonly List<float[]> _scores = [];
    private readonly List<bool[]> _labels = [];
    private readonly List<bool[]> _predictions = [];

    private MultiLabelData(string[] names) => Names = names;

    internal IReadOnlyList<string> Names { get; }

    internal int Count => _scores.Count;

    internal bool HasLabel(int row, int index) => _labels[row][index];

    internal bool IsPredicted(int row, int index) => _predictions[row][index];

    /// <summary>One class's scores, highest first, each with whether its row has the class.</summary>
    internal (float Score, bool IsPositive)[] Sort(int index)
    {
        var pairs = new (float Score, bool IsPositive)[Count];
        for (var row = 0; row < pairs.Length; row++)
            pairs[row] = (_scores[row][index], _labels[row][index]);
        Array.Sort(pairs, (x, y) => y.Score.CompareTo(x.Score));
        return pairs;
    }

    /// <summary>All classes' scores in one list, highest first.</summary>
    internal (float Score, bool IsPositive)[] SortAll()
    {
        var pairs = Enumerable.Range(0, Names.Count).SelectMany(Sort).ToArray();
        Array.Sort(pairs, (x, y) => y.Score.CompareTo(x.Score));
        return pairs;
    }

    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row has another number of slots or a score that is not finite, or there is no row.</exception>
    internal static MultiLabelData Load(IHost host, IDataView data, string labelName, string scoreName, string? predictionName)
    {
        var scores = NumberColumn.Find(host, data.Schema, "score", scoreName, isVector: true);
        var labels = NumberColumn.Find(host, data.Schema, "label", labelName, isVector: true);
        DataViewSchema.Column? predictions = predictionName is null ? null : NumberColumn.Find(host, data.Schema, "predicted label", predictionName, isVector: true);
        var classCount = ((VectorDataViewType)scores.Type).Size;
        if (classCount == 0)
            throw host.ExceptSchemaMismatch(nameof(data), "score", scoreName, "a vector with a slot for each class", scores.Type.ToString());

        var result = new MultiLabelData(NumberColumn.FindSlotNames(scores) ?? [.. Enumerable.Range(0, classCount).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        using var cursor = data.GetRowCursor(predictions is null ? [scores, labels] : [scores, labels, predictions.Value]);
        var readScores = NumberColumn.CreateReader(cursor, scores);
        var readLabels = NumberColumn.CreateReader(cursor, labels);
        var readPredictions = predictions is { } column ? NumberColumn.CreateReader(cursor, column) : null;
        while (cursor.MoveNext())
        {
            result._scores.Add(Array.ConvertAll(Check(cursor, scores, readScores.Read(), classCount), value => (float)value));
            result._labels.Add(Array.ConvertAll(Check(cursor, labels, readLabels.Read(), classCount), value => value > 0));
            if (readPredictions is not null)
                result._predictions.Add(Array.ConvertAll(Check(cursor, predictions!.Value, readPredictions.Read(), classCount), value => value > 0));
        }

        return result.Count > 0 ? result : throw new InvalidDataException($"'{scoreName}' and '{labelName}' have no rows.");
    }

    private static double[] Check(DataViewRow row, DataViewSchema.Column column, ReadOnlySpan<double> values, int classCount)
    {
        if (values.Length != classCount)
            throw new InvalidDataException($"Column '{column.Name}', row {RowNumbers.Get(row)}, has {values.Length} slots, but there are {classCount} classes.");
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
                throw new InvalidDataException($"Column '{column.Name}', row {RowNumbers.Get(row)}, holds {value}. Leave rows without a direction out.");
        }

        return [.. values];
    }
}
