using System.Buffers.Binary;
using Parquet;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>An open Parquet file. What Parquet.Net throws for a damaged one becomes an <see cref="InvalidDataException"/> that names the file.</summary>
internal sealed class ParquetHandle : IDisposable
{
    private readonly string _path;
    private readonly ParquetWindow _stream;

    internal ParquetHandle(string path)
    {
        _path = path;
        _stream = new ParquetWindow(InputFile.OpenRead(path, bufferSize: 1 << 16));
        try
        {
            var length = CheckEnds();
            Run(() =>
            {
                ParquetCheck.CheckFooter(_stream, length);
                return true;
            });
            Reader = Run(() => ParquetReader.CreateAsync(_stream, leaveStreamOpen: false).GetAwaiter().GetResult());
            Schema = Run(() => Reader.Schema);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Parquet.Net's reader.</summary>
    internal ParquetReader Reader { get; }

    /// <summary>What the file holds.</summary>
    internal ParquetSchema Schema { get; }

    /// <summary>A column of a row group, whose pages are looked through before anything is made of them.</summary>
    /// <exception cref="InvalidDataException">They are damaged, or hold less than the footer says.</exception>
    internal ParquetChunk Open(int group, DataField leaf) => Run(() =>
    {
        var reader = Reader.OpenRowGroupReader(group);
        var metadata = reader.GetMetadata(leaf)?.MetaData ?? throw new InvalidDataException($"Row group {group} does not say where its values of '{leaf.Path}' are.");
        return new ParquetChunk(reader, leaf, metadata, metadata.NumValues != 0 ? ParquetCheck.CheckPages(_path, _stream, metadata) : []);
    });

    /// <summary>Reads pages of a column.</summary>
    internal void Read<T>(ParquetChunk chunk, int first, int count, Memory<T> values, Memory<int> definitions, Memory<int> repetitions)
        where T : struct => chunk.Read(_stream, first, count, values, definitions, repetitions);

    /// <summary>Does something with the file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or uses what Parquet.Net does not know.</exception>
    internal T Run<T>(Func<T> read) => FileErrors.Translate(_path, "Parquet.Net", "Write it anew with plain types and no encryption (pyarrow's defaults).", read);

    public void Dispose() => _stream.Dispose();

    /// <summary>A file begins and ends with PAR1, before which the footer and its length stand.</summary>
    /// <returns>The length.</returns>
    private int CheckEnds()
    {
        Span<byte> start = stackalloc byte[4], end = stackalloc byte[8];
        start = start[.._stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (!start.SequenceEqual("PAR1"u8))
            throw new InvalidDataException($"'{_path}' is no Parquet file: it does not begin with PAR1{(start.SequenceEqual("PARE"u8) ? "; its footer is encrypted" : "")}.");
        _stream.Position = Math.Max(0, _stream.Length - end.Length);
        end = end[.._stream.ReadAtLeast(end, end.Length, throwOnEndOfStream: false)];
        if (end.Length < 8 || _stream.Length < 12 || !end[4..].SequenceEqual("PAR1"u8))
            throw new InvalidDataException($"'{_path}' is cut short: a Parquet file ends with PAR1, this one does not after {_stream.Length} bytes.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(end);
        return length >= 1 && length <= _stream.Length - 12 ? length : throw new InvalidDataException($"'{_path}' is damaged: its footer would be {length} bytes long, the file has {_stream.Length}.");
    }
}
