namespace Microsoft.ML.ModalityGap;

/// <summary>Reads a field of a Parquet file for rows.</summary>
internal abstract class ParquetColumn
{
    /// <summary>The values of rows: one for each, of lists their numbers, row behind row. Valid until the next ones.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or a row is not what its column holds.</exception>
    internal abstract Array Read(ParquetPiece piece);
}
