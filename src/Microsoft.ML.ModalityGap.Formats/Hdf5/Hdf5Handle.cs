using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using PureHDF;
using PureHDF.Filters;
using PureHDF.VOL.Native;

namespace Microsoft.ML.ModalityGap;

/// <summary>An open HDF5 file.</summary>
internal sealed class Hdf5Handle : IDisposable
{
    private const int MaximumDepth = 16;
    private const int MaximumGroups = 1 << 14;
    private const int HeadLength = 52;

    private readonly string _path;
    private readonly Hdf5Driver _driver;

    static Hdf5Handle() => H5Filter.Register(new LzfFilter());

    internal Hdf5Handle(string path)
    {
        _path = path;
        var handle = InputFile.OpenHandle(path);
        try
        {
            _driver = new Hdf5Driver(path, handle, ReadHead(path, handle));
            File = Run(() => NativeFile.InternalOpen(_driver, "", deleteOnClose: false, options: null));
            _ = Run(() => Hdf5Links.Check(path, File));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>PureHDF's file.</summary>
    internal NativeFile File { get; }

    /// <summary>Its data sets, of all groups, with their paths.</summary>
    internal IReadOnlyList<(string Path, IH5Dataset Dataset)> ListDatasets() => Run(() => List(File).ToArray());

    /// <summary>Does something with the file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or uses what PureHDF does not know.</exception>
    internal T Run<T>(Func<T> read)
    {
        _driver.Begin();
        return FileErrors.Translate(_path, "PureHDF", "Write it anew without filters beside deflate, lzf and shuffle (h5py's own).", read);
    }

    public void Dispose() => File.Dispose();

    /// <summary>Group by group. A group may hold itself, by links; so neither their depth nor their number is without end.</summary>
    private IEnumerable<(string, IH5Dataset)> List(IH5Group root)
    {
        var waiting = new Queue<(IH5Group Group, string Prefix, int Depth)>([(root, "", 0)]);
        for (var seen = 0; waiting.TryDequeue(out var next); seen++)
        {
            if (seen == MaximumGroups)
                throw new InvalidDataException($"'{_path}' has more than {MaximumGroups} groups, or groups that hold themselves.");
            foreach (var child in next.Group.Children())
            {
                if (child is IH5Dataset dataset)
                    yield return (next.Prefix + dataset.Name, dataset);
                else if (child is IH5Group inner && next.Depth < MaximumDepth)
                    waiting.Enqueue((inner, next.Prefix + inner.Name + "/", next.Depth + 1));
            }
        }
    }

    /// <summary>The superblock says where the file ends: one that is shorter was cut.</summary>
    private static byte[] ReadHead(string path, SafeFileHandle file)
    {
        var head = new byte[HeadLength];
        var (count, length) = (RandomAccess.Read(file, head, 0), RandomAccess.GetLength(file));
        if (!head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A]))
            throw new InvalidDataException($"'{path}' is no HDF5 file: it does not begin with HDF5's signature.");

        // By version: where the sizes of addresses and the end of the file are said.
        var (sizeAt, endAt) = count < HeadLength ? (0, 0) : head[8] switch { 0 => (13, 40), 1 => (13, 44), _ => (9, 28) };
        if (sizeAt == 0 || (head[sizeAt] == 8 && BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(endAt)) > length))
            throw new InvalidDataException($"'{path}' is cut short: it says that it ends {(sizeAt == 0 ? "later" : $"at byte {BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(endAt))}")}, but has {length} bytes.");
        return head;
    }
}
