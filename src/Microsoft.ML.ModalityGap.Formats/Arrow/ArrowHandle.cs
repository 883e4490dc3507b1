using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Memory;
using Apache.Arrow.Types;

namespace Microsoft.ML.ModalityGap;

/// <summary>An open Arrow file, whose record batches are read wherever they stand.</summary>
internal sealed class ArrowHandle : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly ArrowStreamReader _reader;

    // Of files the schema is taken from the footer: apache-arrow of JavaScript writes it nowhere else.
    private readonly ArrowFileReader? _fileReader;

    internal ArrowHandle(string path)
    {
        _path = path;
        _stream = InputFile.OpenRead(path, bufferSize: 1 << 16);
        try
        {
            Start = Run(() => ArrowMessages.FindStart(path, _stream));
            Batches = Run(() => ArrowMessages.ListBatches(path, _stream, Start));
            _stream.Position = Start;
            _fileReader = Start > 0 ? new ArrowFileReader(_stream, MemoryAllocator.Default.Value, new CompressionCodecFactory(), leaveOpen: true) : null;
            _reader = _fileReader ?? new ArrowStreamReader(_stream, new CompressionCodecFactory(), leaveOpen: true);
            Schema = Run(() => _reader.GetSchema().AsTask().GetAwaiter().GetResult() ?? throw new InvalidDataException($"'{path}' is cut short or damaged: it has no schema."));
            if (_fileReader is null && Schema.FieldsList.Any(field => field.DataType is DictionaryType))
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

    /// <summary>The record batches. Found before Apache.Arrow reads anything: it takes lengths as they stand.</summary>
    internal IReadOnlyList<(long Offset, long RowCount, long Bytes)> Batches { get; }

    /// <summary>Reads a record batch.</summary>
    internal RecordBatch Read(int number) => Run(() =>
    {
        _stream.Position = Batches[number].Offset;
        var batch = _fileReader is null ? _reader.ReadNextRecordBatch() : _fileReader.ReadRecordBatchAsync(number, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return batch?.Length == Batches[number].RowCount ? batch : throw new InvalidDataException($"'{_path}' is damaged: record batch {number} has {batch?.Length ?? 0} rows where {Batches[number].RowCount} are stated.");
    });

    /// <summary>Does something with the file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or uses what Apache.Arrow does not know.</exception>
    internal T Run<T>(Func<T> read) => FileErrors.Translate(_path, "Apache.Arrow", "Write it anew with LZ4, ZSTD or no compression, and without what it names.", read);

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }
}
