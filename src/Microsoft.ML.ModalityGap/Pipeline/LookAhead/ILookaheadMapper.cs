using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>A transformer bound to a schema that makes columns of several rows at once, where a cursor goes through them.</summary>
internal interface ILookaheadMapper : IRowMapper
{
    /// <summary>Whether cursors may go beside each other; where not, there is one, which uses all cores by itself.</summary>
    bool Splits { get; }

    /// <summary>Whether a column is made ahead; others are made of the current row alone.</summary>
    bool IsMadeAhead(int output);

    /// <summary>Whether columns that are not made ahead take longer than to hand rows from one thread to another, so that ML.NET may do that where one cursor is asked for.</summary>
    bool IsWorthThreads => true;

    /// <summary>Makes what makes rows of a column of vectors of one size that is not made ahead; <see langword="null"/> for others.</summary>
    RowMaker? CreateMaker(DataViewRow input, int output) => null;

    /// <summary>The columns that a batch reads.</summary>
    IReadOnlyList<DataViewSchema.Column> GetInputs(Func<int, bool> activeOutput);

    /// <param name="activeOutput">The columns asked for.</param>
    /// <param name="isAlone">Whether no other cursor of the same data goes beside, so that all cores are there for this one.</param>
    LookaheadBatch CreateBatch(Func<int, bool> activeOutput, bool isAlone);

    /// <summary>Whether a column's values can be kept while rows are read ahead; where one cannot, rows go through one by one.</summary>
    bool CanKeep(DataViewType type) => LookaheadColumn.CanKeep(type);

    /// <summary>Keeps a column's values.</summary>
    LookaheadColumn Keep(DataViewRow source, DataViewSchema.Column column, int capacity) => LookaheadColumn.Create(source, column, capacity);
}
