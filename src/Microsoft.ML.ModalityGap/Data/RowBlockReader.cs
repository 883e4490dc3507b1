namespace Microsoft.ML.ModalityGap;

/// <summary>Reads columns of a <see cref="BlockDataView"/>, one block at a time.</summary>
internal abstract class RowBlockReader : IDisposable
{
    /// <summary>Goes to a block.</summary>
    internal abstract void Load(long block);

    /// <summary>Makes a column's <see cref="ValueGetter{TValue}"/>, of the column's raw type.</summary>
    /// <param name="column">One that was asked for.</param>
    /// <param name="position">Where the cursor is.</param>
    internal abstract Delegate CreateGetter(DataViewSchema.Column column, BlockPosition position);

    /// <summary>Makes a getter of a column's numbers where they lie; <see langword="null"/> where they lie nowhere as float.</summary>
    /// <param name="column">One that was asked for.</param>
    /// <param name="position">Where the cursor is.</param>
    internal virtual RowSpanGetter? CreateSpanGetter(DataViewSchema.Column column, BlockPosition position) => null;

    public abstract void Dispose();
}
