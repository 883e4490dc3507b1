using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Logits and true classes of rows, in memory.</summary>
internal sealed class LabelledScores
{
    private readonly List<float[]> _rows = [];
    private readonly List<int> _labels = [];

    private LabelledScores(int classCount) => ClassCount = classCount;

    internal int ClassCount { get; }

    internal int Count => _rows.Count;

    internal long SkippedCount { get; private set; }

    internal ReadOnlySpan<float> GetLogits(int row) => _rows[row];

    internal int GetLabel(int row) => _labels[row];

    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and the policy is to throw, or none can.</exception>
    internal static LabelledScores Load(IHost host, IDataView data, string labelName, string scoreName, ScoreKind kind, UnusableRows policy)
    {
        var scores = NumberColumn.Find(host, data.Schema, "score", scoreName, isVector: true);
        var labels = ClassLabelReader.Find(host, data.Schema, labelName);
        var classCount = ((VectorDataViewType)scores.Type).Size;
        if (classCount < 2)
            throw host.ExceptSchemaMismatch(nameof(data), "score", scoreName, "a vector with a slot for each of two or more classes", scores.Type.ToString());

        var result = new LabelledScores(classCount);
        using (var cursor = data.GetRowCursor([scores, labels]))
        {
            var readScores = NumberColumn.CreateReader(cursor, scores);
            var readLabel = ClassLabelReader.Create(cursor, labels, NumberColumn.FindSlotNames(scores), classCount);
            var distribution = new double[classCount];
            while (cursor.MoveNext())
            {
                var label = readLabel();
                var row = readScores.Read();
                var defect = label < 0 ? $"no class in '{labelName}'" : ClassDistribution.Fill(row, kind, 1, distribution);
                if (defect is null)
                    result.Add(row, kind, label);
                else if (policy == UnusableRows.Skip)
                    result.SkippedCount++;
                else
                    throw UnusableScores.Create(cursor, scoreName, defect);
            }
        }

        return result.Count > 0 ? result : throw UnusableScores.CreateEmpty(scoreName, labelName, result.SkippedCount);
    }

    private void Add(ReadOnlySpan<double> row, ScoreKind kind, int label)
    {
        var logits = new float[ClassCount];
        ClassDistribution.FillLogits(row, kind, logits);
        _rows.Add(logits);
        _labels.Add(label);
    }
}
