using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>The columns a zero-shot classifier writes, and the one of true classes that it reads where there is one.</summary>
internal static class ZeroShotColumns
{
    /// <summary>Checks that the columns do not get into each other's way.</summary>
    internal static void CheckNames(string inputColumnName, ClassifyZeroShotOptions options, string parameterName)
    {
        var names = GetOutputNames(options);
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The column '{twice.Key}' would be written twice. Give the columns different names.", parameterName);
        if (options.LabelColumnName == inputColumnName)
            throw new ArgumentException($"The column '{inputColumnName}' cannot hold both the embeddings and the true classes.", parameterName);
    }

    /// <summary>The columns written whatever the data: the prediction first.</summary>
    internal static IEnumerable<DataViewSchema.DetachedColumn> Create(IReadOnlyList<string> classNames, ClassifyZeroShotOptions options)
    {
        var isSingle = options.Mode == ZeroShotMode.SingleLabel;
        var scores = new VectorDataViewType(NumberDataViewType.Single, classNames.Count);
        yield return CreateLabel(options.PredictedLabelColumnName, classNames, options.Mode);
        yield return new DataViewSchema.DetachedColumn(options.ScoreColumnName, scores, CreateNames(AnnotationUtils.Kinds.SlotNames, classNames));
        if (isSingle && options.ProbabilityColumnName is { } probability)
            yield return new DataViewSchema.DetachedColumn(probability, NumberDataViewType.Single);
        if (options.SimilarityColumnName is { } similarity)
            yield return new DataViewSchema.DetachedColumn(similarity, scores, CreateNames(AnnotationUtils.Kinds.SlotNames, classNames));
        if (options.TopLabelsColumnName is { } labels)
            yield return new DataViewSchema.DetachedColumn(labels, new VectorDataViewType(TextDataViewType.Instance, Math.Min(options.TopCount, classNames.Count)));
        if (options.TopScoresColumnName is { } topScores)
            yield return new DataViewSchema.DetachedColumn(topScores, new VectorDataViewType(NumberDataViewType.Single, Math.Min(options.TopCount, classNames.Count)));
    }

    /// <summary>A column of classes: a key over them, or an indicator for each.</summary>
    internal static DataViewSchema.DetachedColumn CreateLabel(string name, IReadOnlyList<string> classNames, ZeroShotMode mode) => mode == ZeroShotMode.SingleLabel
        ? new DataViewSchema.DetachedColumn(name, new KeyDataViewType(typeof(uint), classNames.Count), CreateNames(AnnotationUtils.Kinds.KeyValues, classNames))
        : new DataViewSchema.DetachedColumn(
            name, new VectorDataViewType(BooleanDataViewType.Instance, classNames.Count), CreateNames(AnnotationUtils.Kinds.SlotNames, classNames));

    /// <summary>The column of true classes, where there is one that can be read as such.</summary>
    internal static DataViewSchema.Column? FindLabel(DataViewSchema schema, ClassifyZeroShotOptions options, int classCount)
    {
        if (options.LabelColumnName is not { } name || schema.GetColumnOrNull(name) is not { } column)
            return null;
        var keyValues = column.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type;
        var isName = column.Type is TextDataViewType || (column.Type is KeyDataViewType && keyValues is VectorDataViewType { ItemType: TextDataViewType });
        var isList = options.Mode == ZeroShotMode.MultiLabel
            && column.Type is VectorDataViewType vector
            && (vector.ItemType is TextDataViewType || (vector.Size == classCount && (vector.ItemType is BooleanDataViewType || vector.ItemType == NumberDataViewType.Single)));
        return isName || isList ? column : null;
    }

    /// <summary>Whether a column that is promised will be found by <see cref="FindLabel(DataViewSchema, ClassifyZeroShotOptions, int)"/>.</summary>
    internal static bool HasLabel(SchemaShape schema, ClassifyZeroShotOptions options)
    {
        if (options.LabelColumnName is not { } name || !schema.TryFindColumn(name, out var column))
            return false;
        if (column.Kind == SchemaShape.Column.VectorKind.Scalar)
        {
            return column.IsKey
                ? column.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out var values) && values.ItemType is TextDataViewType
                : column.ItemType is TextDataViewType;
        }

        return options.Mode == ZeroShotMode.MultiLabel && !column.IsKey
            && (column.ItemType is TextDataViewType or BooleanDataViewType || column.ItemType == NumberDataViewType.Single);
    }

    /// <summary>What a schema shape says of columns that will be written.</summary>
    internal static IEnumerable<SchemaShape.Column> ToShape(IEnumerable<DataViewSchema.DetachedColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        return SchemaShape.Create(builder.ToSchema());
    }

    private static List<string> GetOutputNames(ClassifyZeroShotOptions options) =>
    [
        .. Create(["a", "b"], options).Select(column => column.Name),
        .. options.LabelColumnName is { } label ? [label] : Array.Empty<string>(),
    ];

    private static DataViewSchema.Annotations CreateNames(string kind, IReadOnlyList<string> classNames)
    {
        var names = classNames.Select(name => name.AsMemory()).ToArray();
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(
            kind,
            new VectorDataViewType(TextDataViewType.Instance, names.Length),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new VBuffer<ReadOnlyMemory<char>>(names.Length, [.. names]));
        return builder.ToAnnotations();
    }
}
