using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads what people said of a row: a number for each class, or a name for each vote.</summary>
internal sealed class HumanVotes
{
    private readonly Func<double[]> _read;

    private HumanVotes(Func<double[]> read) => _read = read;

    internal static DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is { Type: VectorDataViewType { ItemType: TextDataViewType } } votes)
            return votes;
        return NumberColumn.Find(context, schema, "human votes", name, isVector: true);
    }

    internal static HumanVotes Create(DataViewRow row, DataViewSchema.Column column, string[]? classNames, int classCount)
    {
        var result = new double[classCount];
        if (column.Type is VectorDataViewType { ItemType: TextDataViewType })
        {
            if (classNames is null)
                throw new InvalidDataException($"The votes in '{column.Name}' are names, but the scores have no slot names to find them among.");
            var getter = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
            VBuffer<ReadOnlyMemory<char>> votes = default;
            return new HumanVotes(() =>
            {
                getter(ref votes);
                Array.Clear(result);
                foreach (var vote in votes.DenseValues())
                    result[FindClass(row, column, classNames, vote.ToString())]++;
                return result;
            });
        }

        var order = FindOrder(column, classNames);
        var reader = NumberColumn.CreateReader(row, column);
        return new HumanVotes(() =>
        {
            var votes = reader.Read();
            if (votes.Length != classCount)
                throw new InvalidDataException($"Column '{column.Name}', row {RowNumbers.Get(row)}, has {votes.Length} slots, but there are {classCount} classes.");
            for (var i = 0; i < result.Length; i++)
                result[i] = votes[order is null ? i : order[i]];
            return result;
        });
    }

    /// <summary>One number a class, in the classes' order; valid until the next call.</summary>
    internal double[] Read() => _read();

    private static int FindClass(DataViewRow row, DataViewSchema.Column column, string[] classNames, string name) => Array.IndexOf(classNames, name) is >= 0 and var index
        ? index
        : throw UnusableScores.CreateUnknownClass(row, column.Name, "a vote for", name, classNames);

    /// <summary>By name where both sides have names; else slot by slot.</summary>
    private static int[]? FindOrder(DataViewSchema.Column column, string[]? classNames)
    {
        if (classNames is null || NumberColumn.FindSlotNames(column) is not { } names || names.SequenceEqual(classNames))
            return null;
        return Array.ConvertAll(classNames, name => Array.IndexOf(names, name) is >= 0 and var index
            ? index
            : throw new InvalidDataException($"The scores have the class '{name}', but the slots of '{column.Name}' are {string.Join(", ", names.Take(5))}{(names.Length > 5 ? ", ..." : "")}."));
    }
}
