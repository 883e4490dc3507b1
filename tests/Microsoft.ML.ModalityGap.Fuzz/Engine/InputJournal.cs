using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Which input is being read, in memory that outlives the process: its number and its bytes.</summary>
internal sealed class InputJournal : IDisposable
{
    private const int HeaderLength = 16;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    internal InputJournal(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, mapName: null, HeaderLength + InputShape.MaximumLength);
        _view = _file.CreateViewAccessor();
    }

    internal void Write(long number, byte[] bytes)
    {
        _view.Write(0, number);
        _view.Write(8, bytes.Length);
        _view.WriteArray(HeaderLength, bytes, 0, bytes.Length);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>What a process that has ended was reading.</summary>
    internal static (long Number, byte[] Bytes) Read(string path)
    {
        var content = File.ReadAllBytes(path);
        return (BinaryPrimitives.ReadInt64LittleEndian(content), content.AsSpan(HeaderLength, BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(8))).ToArray());
    }
}
