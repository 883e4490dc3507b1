using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Microsoft.ML.ModalityGap;

/// <summary>An open Arrow file, whose record batches are read wherever they stand.</summary>
internal sealed class ArrowHandle : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly ArrowStreamReader _reader;

    internal ArrowHandle(string path)
    {
        _path = path;
        _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        try
        {
            Start = Run(() => ArrowMessages.FindStart(path, _stream));
            _stream.Position = Start;
            _reader = new ArrowStreamReader(_stream, leaveOpen: true);
            Schema = Run(() => _reader.GetSchema().AsTask().GetAwaiter().GetResult());
            if (Schema.FieldsList.Any(field => field.DataType is DictionaryType))
            {
                // The values that rows only refer to stand before the first batch.
                Run(() =>
                {
                    using var first = _reader.ReadNextRecordBatch();
                    return true;
                });
            }
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Where the first message begins.</summary>
    internal long Start { get; }

    /// <summary>What the file holds.</summary>
    internal Schema Schema { get; }

    /// <summary>The record batches.</summary>
    internal IReadOnlyList<(long Offset, long RowCount, long Bytes)> ListBatches() => Run(() => ArrowMessages.ListBatches(_path, _stream, Start));

    /// <summary>Reads the record batch at an offset.</summary>
    internal RecordBatch Read(long offset) => Run(() =>
    {
        _stream.Position = offset;
        return _reader.ReadNextRecordBatch() ?? throw new InvalidDataException($"'{_path}' is damaged: no record batch begins at byte {offset}.");
    });

    /// <summary>Does something with the file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or uses what Apache.Arrow does not know.</exception>
    internal T Run<T>(Func<T> read) => FileErrors.Translate(_path, "Apache.Arrow", "Write it anew without compression (compression='uncompressed' in pyarrow.feather.write_feather).", read);

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }
}
