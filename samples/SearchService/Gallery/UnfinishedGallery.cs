namespace SearchService;

/// <summary>The folder of a gallery in the making, beside where it will be. Held by a lock, so that the next build of the same gallery knows what a killed one left, and takes it away.</summary>
internal sealed class UnfinishedGallery : IDisposable
{
    private const string LockName = ".lock";

    private readonly FileStream _lock;
    private bool _isMoved;

    private UnfinishedGallery(string folder)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        _lock = new FileStream(Path.Combine(Folder, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
    }

    internal string Folder { get; }

    internal static UnfinishedGallery Create(string parent, string name) => new(Path.Combine(parent, $"{GetPrefix(name)}{Guid.NewGuid():N}.tmp"));

    /// <summary>Removes what processes left that were killed while they made this gallery; what one is still making is locked.</summary>
    internal static void Sweep(string parent, string name)
    {
        foreach (var left in Directory.EnumerateDirectories(parent, GetPrefix(name) + "*.tmp"))
        {
            // Of other galleries whose names begin alike the middle is no number.
            if (!Guid.TryParseExact(Path.GetFileName(left)[GetPrefix(name).Length..^".tmp".Length], "N", out _))
                continue;
            try
            {
                new FileStream(Path.Combine(left, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None).Dispose();
                Directory.Delete(left, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
            }
        }
    }

    /// <summary>Puts the finished gallery in its place.</summary>
    /// <exception cref="IOException">There is one by now.</exception>
    internal void MoveTo(string target)
    {
        _lock.Dispose();
        Directory.Move(Folder, target);
        _isMoved = true;
    }

    public void Dispose()
    {
        _lock.Dispose();
        if (!_isMoved)
            Directory.Delete(Folder, recursive: true);
    }

    private static string GetPrefix(string name) => $".{name}.";
}
