using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>Values, one a row.</summary>
internal sealed class ParquetScalars<TValue>(ParquetHandle handle, string file, DataField field) : ParquetColumn
    where TValue : struct
{
    private readonly ParquetEntries<TValue> _entries = new(handle, field);
    private TValue[] _rows = [];

    internal override Array Read(ParquetPiece piece)
    {
        _entries.Load(piece, file, width: 1);
        var rowCount = _entries.Count;
        if (_rows.Length < rowCount)
            _rows = new TValue[rowCount];
        var values = _entries.Values;
        if (field.MaxDefinitionLevel == 0)
        {
            values[..rowCount].CopyTo(_rows);
            return _rows;
        }

        var levels = _entries.Definitions;
        for (int row = 0, value = 0; row < rowCount; row++)
            _rows[row] = levels[row] == field.MaxDefinitionLevel ? values[value++] : ColumnTypes.GetMissing<TValue>(file, piece.Block.Name, field.Name, piece.Block.FirstRow + row);
        return _rows;
    }
}
