using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>The usable rows of two modalities in memory, which belong together by ids.</summary>
internal sealed class ItemRows
{
    private ItemRows(EvaluationRows first, EvaluationRows second, string firstName, string secondName)
    {
        (First, Second, FirstName, SecondName) = (first, second, firstName, secondName);
        if (first.Dimension != second.Dimension)
            throw new InvalidDataException($"Only embeddings of one space can be compared, but '{firstName}' has {first.Dimension} dimensions and '{secondName}' {second.Dimension}.");
        if (!first.Ids!.Where(id => id.Length > 0).Intersect(second.Ids!, StringComparer.Ordinal).Any())
            throw new InvalidDataException($"No row of '{firstName}' has the id of a row of '{secondName}'. Ids are compared as texts; give both sides the same.");
    }

    internal EvaluationRows First { get; }

    internal EvaluationRows Second { get; }

    internal string FirstName { get; }

    internal string SecondName { get; }

    internal long SkippedCount => First.SkippedCount + Second.SkippedCount;

    /// <exception cref="ArgumentException">Rows do not belong together by ids.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and the policy is to throw, the dimensions differ, there are other than so many ids, or no id has rows of both.</exception>
    internal static ItemRows Load(
        IHost host, IDataView first, string firstColumnName, IDataView second, string secondColumnName, Relevance items, UnusableRows policy, bool normalize)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(items);
        if (items is not IdRelevance)
            throw new ArgumentException($"Rows belong together by ids here; give {nameof(Relevance)}.{nameof(Relevance.ById)}, not rows {items.Description}.", nameof(items));
        return new ItemRows(
            Load(host, first, firstColumnName, items.QueryIds!, policy, normalize), Load(host, second, secondColumnName, items.DocumentIds!, policy, normalize), firstColumnName, secondColumnName);
    }

    private static EvaluationRows Load(IHost host, IDataView data, string columnName, IdSource ids, UnusableRows policy, bool normalize)
    {
        var rows = EvaluationRows.Load(host, data, columnName, normalize, policy, ids.ColumnName);
        return ids.Values is { } values ? rows.WithIds(values, columnName) : rows;
    }
}
