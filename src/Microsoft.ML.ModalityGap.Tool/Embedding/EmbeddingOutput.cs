using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>
/// The file in the making: its rows in <c>x.npy.partial</c>, and beside it, in <c>x.npy.partial.json</c>, how far they can be relied on. They are kept as .npy, whatever the file is to be; one of another kind is made of them at the end.
/// </summary>
/// <remarks>
/// Rows are appended first and vouched for afterwards, so rows that the progress does not speak of are cut off on resuming and made again; rows it speaks of
/// that are not there take it back to where they are. One process at a time: a lock file is held open.
/// </remarks>
internal sealed class EmbeddingOutput : IDisposable
{
    // A crash costs the work since the last time; Ctrl+C and errors none of the batches done.
    private static readonly TimeSpan _saveEvery = TimeSpan.FromSeconds(1);

    private readonly EmbeddingItems _items;
    private readonly NpyElementType _elementType;
    private readonly string _path;
    private readonly FileStream _lock;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<LeftOutItem> _leftOut = [];
    private readonly Stopwatch _sinceSaved = Stopwatch.StartNew();
    private EmbeddingProgress _progress;
    private FileStream? _partial;

    private EmbeddingOutput(string path, FileStream lockFile, EmbeddingItems items, NpyElementType elementType, EmbeddingProgress progress)
    {
        (_path, _lock, _items, _elementType, _progress) = (path, lockFile, items, elementType, progress);
    }

    /// <summary>How many items are done.</summary>
    internal int Done => _progress.Done;

    /// <summary>How many rows they make.</summary>
    internal int Rows => Done - _leftOut.Count;

    internal IReadOnlyList<LeftOutItem> LeftOut => _leftOut;

    /// <summary>Whether an interrupted run has left out items.</summary>
    internal bool HasLeftOut => _progress.LeftOut.Count > 0;

    internal string ItemsPath => GetItemsPath(_path);

    internal static string GetItemsPath(string path) => Path.ChangeExtension(path, ".items.txt");

    /// <summary>Where the rows are before the file is whole.</summary>
    internal static string GetPartialPath(string path) => path + ".partial";

    private string PartialPath => GetPartialPath(_path);

    private string ProgressPath => _path + ".partial.json";

    /// <summary>Takes the lock and looks at what a former run has left.</summary>
    /// <param name="path">The file to be made.</param>
    /// <param name="items">What is embedded.</param>
    /// <param name="elementType">The format of the numbers.</param>
    /// <param name="getFingerprint">Gets the model's.</param>
    /// <param name="restart">Whether to throw away what is left.</param>
    /// <exception cref="UsageException">Another process is at it, or what is left belongs to other items, another model or another format.</exception>
    internal static EmbeddingOutput Open(string path, EmbeddingItems items, NpyElementType elementType, Func<string> getFingerprint, bool restart)
    {
        var lockFile = Lock(path);
        try
        {
            var output = new EmbeddingOutput(path, lockFile, items, elementType, new EmbeddingProgress
            {
                Kind = items.Description,
                Model = getFingerprint(),
                Type = ElementTypes.GetName(elementType),
                Dimension = 0,
                Done = 0,
                Items = "",
                LeftOut = [],
            });
            if (restart)
                output.Discard();
            else
                output.LookAtLeftovers();
            return output;
        }
        catch
        {
            lockFile.Dispose();
            throw;
        }
    }

    /// <summary>Gets ready to append behind the last whole batch that can be relied on.</summary>
    internal void Start(int dimension, int batchSize)
    {
        if (_progress.Dimension != 0 && _progress.Dimension != dimension)
            throw new UsageException($"'{PartialPath}' holds rows of {_progress.Dimension} dimensions, but the encoder makes {dimension}. --restart begins anew.");

        using var header = new MemoryStream();
        NpyHeader.Write(header, _elementType, 0, dimension);
        var rowSize = (long)dimension * NpyHeader.GetElementSize(_elementType);
        var isNew = !File.Exists(PartialPath);
        var length = isNew ? 0 : new FileInfo(PartialPath).Length;
        var done = FindStart((length - header.Length) / rowSize, batchSize);

        // The hash and the list go on from there.
        _leftOut.AddRange(_progress.LeftOut.TakeWhile(entry => entry.Item < done));
        for (var item = 0; item < done; item++)
            AppendToHash(_items.Items[item]);
        _progress = _progress with { Dimension = dimension, Done = done };

        // Without what says how far it has come, a partial file is worth nothing: so that comes first.
        Save();
        _partial = new FileStream(PartialPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        _partial.SetLength(header.Length + (Rows * rowSize));
        _partial.Write(header.GetBuffer(), 0, (int)header.Length);
        _partial.Position = _partial.Length;
    }

    /// <summary>Adds the rows of the next items.</summary>
    /// <param name="rows">As they stand in the file.</param>
    /// <param name="items">How many items.</param>
    /// <param name="leftOut">Those among them that have no row.</param>
    internal void Append(ReadOnlySpan<byte> rows, int items, IEnumerable<LeftOutItem> leftOut)
    {
        _partial!.Write(rows);
        _partial.Flush();
        for (var item = Done; item < Done + items; item++)
            AppendToHash(_items.Items[item]);
        _leftOut.AddRange(leftOut);
        _progress = _progress with { Done = Done + items };
        if (_sinceSaved.Elapsed >= _saveEvery)
            Save();
    }

    /// <summary>Puts the finished file in its place, with the list of items beside it.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="columnName">How a column or an array of embeddings is called, in a file that has names for them.</param>
    internal void Complete(MLContext ml, string columnName)
    {
        // From here on it can be resumed as complete.
        Save();
        using (_partial)
        {
            _partial!.Position = 0;
            NpyHeader.Write(_partial, _elementType, Rows, _progress.Dimension);
            _partial.Flush(flushToDisk: true);
        }

        _partial = null;
        var leftOut = _leftOut.Select(entry => entry.Item).ToHashSet();
        string[] items = [.. _items.Items.Where((_, item) => !leftOut.Contains(item))];
        AtomicFile.Write(ItemsPath, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
            foreach (var item in items)
                writer.WriteLine(item);
        });
        if (OutputFiles.IsNpy(_path))
        {
            AtomicFile.Place(PartialPath, _path);
        }
        else
        {
            OutputFiles.Write(ml, EmbeddedItem.CreateView(ml, PartialPath, columnName, items), _path, columnName, _elementType, isWhole: true);
            File.Delete(PartialPath);
        }

        File.Delete(ProgressPath);
    }

    /// <summary>Leaves the work in a state to go on from; where there is no row yet, leaves nothing.</summary>
    /// <returns>Whether there is something to go on from.</returns>
    internal bool Suspend()
    {
        if (Rows > 0)
        {
            Save();
            return true;
        }

        _partial?.Dispose();
        Discard();
        return false;
    }

    public void Dispose()
    {
        _partial?.Dispose();
        _hash.Dispose();
        _lock.Dispose();
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException exception) when (exception.HResult is SharingViolationLinux or SharingViolationMacOS or SharingViolationWindows)
        {
            throw new UsageException($"Another modality-gap is writing '{path}' right now. Wait for its end, or name another --out.");
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"Cannot write '{path}': no permission to make files in '{Path.GetDirectoryName(Path.GetFullPath(path))}'.", exception);
        }
    }

    private void LookAtLeftovers()
    {
        var found = EmbeddingProgress.Load(ProgressPath);
        if (found is null)
        {
            if (File.Exists(PartialPath))
                throw new UsageException($"There is '{PartialPath}', but not '{ProgressPath}', which says of what it was made. --restart throws it away and begins anew.");
            return;
        }

        var difference = found.Kind != _progress.Kind ? $"of {found.Kind}, not of {_progress.Kind}"
            : found.Type != _progress.Type ? $"written as {found.Type}, not as {_progress.Type}"
            : found.Model != _progress.Model ? "made with another model"
            : !StartsWith(found.Done, found.Items) ? "of other items"
            : null;
        if (difference is not null)
        {
            throw new UsageException(
                $"'{PartialPath}' holds rows of an interrupted run that were {difference}. --restart throws them away and begins anew; or go on with what that run was given.");
        }

        _progress = found;
    }

    private bool StartsWith(int count, string hash)
    {
        if (count > _items.Items.Count)
            return false;
        using var other = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var item = 0; item < count; item++)
            other.AppendData(Encoding.UTF8.GetBytes(_items.Items[item] + "\n"));
        return Convert.ToHexStringLower(other.GetHashAndReset()) == hash;
    }

    /// <summary>
    /// The last item behind which a batch ended and whose rows are all there. What an encoder makes of a row can differ in the last bit with the batch the row is in,
    /// so only whole batches give the same file as a run without a break.
    /// </summary>
    private int FindStart(long rowsThere, int batchSize)
    {
        if (_progress.Done == _items.Items.Count && _progress.CountRows(_progress.Done) <= rowsThere)
            return _progress.Done;
        var done = _progress.Done / batchSize * batchSize;
        while (done > 0 && _progress.CountRows(done) > rowsThere)
            done -= batchSize;
        return done;
    }

    private void AppendToHash(string item) => _hash.AppendData(Encoding.UTF8.GetBytes(item + "\n"));

    private void Save()
    {
        _partial?.Flush(flushToDisk: true);
        _progress = _progress with { Items = Convert.ToHexStringLower(_hash.GetCurrentHash()), LeftOut = _leftOut };
        _progress.Save(ProgressPath);
        _sinceSaved.Restart();
    }

    private void Discard()
    {
        File.Delete(PartialPath);
        File.Delete(ProgressPath);
    }

    private const int SharingViolationLinux = 11; // EWOULDBLOCK
    private const int SharingViolationMacOS = 35;
    private const int SharingViolationWindows = unchecked((int)0x80070020); // ERROR_SHARING_VIOLATION
}
