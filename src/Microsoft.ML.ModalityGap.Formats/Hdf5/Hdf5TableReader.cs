using Microsoft.ML.Data;
using PureHDF;
using PureHDF.Selections;
using PureHDF.VOL.Native;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads windows of rows of data sets.</summary>
internal sealed class Hdf5TableReader : ITableReader
{
    private readonly (DataViewType Type, Type Stored)[] _fields;
    private readonly IH5Dataset[] _datasets;
    private readonly Hdf5Chunks?[] _chunks;
    private readonly Hdf5Texts?[] _texts;
    private readonly Hdf5Handle _handle;
    private readonly long _windowRows;
    private readonly TableBlock[] _blocks;
    private readonly Array[] _values;

    internal Hdf5TableReader(string path, (string Name, DataViewType Type, Type Stored)[] fields, long windowRows, TableBlock[] blocks)
    {
        (_fields, _windowRows, _blocks) = (Array.ConvertAll(fields, field => (field.Type, field.Stored)), windowRows, blocks);
        _values = new Array[fields.Length];
        _handle = new Hdf5Handle(path);
        try
        {
            _datasets = Array.ConvertAll(fields, field => _handle.Run(() => _handle.File.Dataset(field.Name)));
            _chunks = Array.ConvertAll(_datasets, dataset => _handle.Run(() => Hdf5Chunks.Find(path, dataset)));
            _texts = Array.ConvertAll(_datasets, dataset => _handle.Run(() => Hdf5Texts.Find((NativeDataset)dataset)));
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    public Array GetValues(int position) => _values[position];

    public void Load(int block)
    {
        for (var i = 0; i < _fields.Length; i++)
        {
            var (start, count) = ((ulong)(block * _windowRows), (ulong)_blocks[block].RowCount);
            var (type, stored) = _fields[i];
            var (dataset, chunks, texts) = (_datasets[i], _chunks[i], _texts[i]);
            _values[i] = _handle.Run(() =>
            {
                chunks?.Check(start, count);
                return type is VectorDataViewType { Size: var dimension }
                    ? ReadVectors(dataset, stored, new HyperslabSelection(2, [start, 0], [count, (ulong)dimension]))
                    : ReadScalars(dataset, texts, stored, new HyperslabSelection(start, count));
            });
        }
    }

    public void Dispose() => _handle.Dispose();

    private static float[] ReadVectors(IH5Dataset dataset, Type stored, Selection rows) =>
        stored == typeof(float) ? Hdf5Numbers.Read<float>(dataset, rows) : stored == typeof(double) ? Convert(Hdf5Numbers.Read<double>(dataset, rows)) : Convert(Hdf5Numbers.Read<Half>(dataset, rows));

    private static Array ReadScalars(IH5Dataset dataset, Hdf5Texts? texts, Type stored, Selection rows) => stored != typeof(string)
        ? ColumnTypes.Dispatch(stored, new NumberReader(dataset, rows))
        : texts is not null ? texts.Read(rows) : Array.ConvertAll(dataset.Read<string[]>(rows, null, null), text => text.AsMemory());

    private static float[] Convert<T>(T[] numbers)
        where T : unmanaged
    {
        var result = new float[numbers.Length];
        ListRows.Convert<T>(numbers, result);
        return result;
    }

    private sealed class NumberReader(IH5Dataset dataset, Selection rows) : ITypeVisitor<Array>
    {
        public Array Visit<T>()
            where T : struct => Hdf5Numbers.Read<T>(dataset, rows);
    }
}
