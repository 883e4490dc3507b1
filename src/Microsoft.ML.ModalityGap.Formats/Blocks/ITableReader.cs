namespace Microsoft.ML.ModalityGap;

/// <summary>Reads blocks of a table, one at a time.</summary>
internal interface ITableReader : IDisposable
{
    /// <summary>Reads a block.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or a row is not what its column holds.</exception>
    void Load(int block);

    /// <summary>The current block's values of the field that was asked for at a position: one for each row, of the column's raw type; of a vector column its floats, row behind row. Valid until the next block.</summary>
    Array GetValues(int position);
}
