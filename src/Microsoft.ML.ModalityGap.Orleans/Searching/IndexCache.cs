namespace Microsoft.ML.ModalityGap;

/// <summary>The indexes a silo has in memory: replicas that came to lie on one silo share one.</summary>
internal sealed class IndexCache
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Task<EmbeddingIndex> Index, int Users)> _indexes = new(StringComparer.Ordinal);

    /// <summary>Takes a share in an index, which is loaded where nobody else has.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="stamp">What the file must be.</param>
    internal Task<EmbeddingIndex> Rent(string path, string stamp)
    {
        lock (_lock)
        {
            var key = GetKey(path, stamp);
            var (index, users) = _indexes.GetValueOrDefault(key);

            // One that could not be loaded is tried anew.
            if (index is null or { IsFaulted: true })
                index = OwnThread.RunAsync(() => Load(path, stamp));
            _indexes[key] = (index, users + 1);
            return index;
        }
    }

    /// <summary>Gives a share back; the last one lets the rows go.</summary>
    internal void Return(string path, string stamp)
    {
        lock (_lock)
        {
            var key = GetKey(path, stamp);
            if (!_indexes.TryGetValue(key, out var entry))
                return;
            if (entry.Users > 1)
                _indexes[key] = (entry.Index, entry.Users - 1);
            else
                _indexes.Remove(key);
        }
    }

    private static string GetKey(string path, string stamp) => $"{path}\n{stamp}";

    private static EmbeddingIndex Load(string path, string stamp)
    {
        if (FileStamp.Get(path) != stamp)
            throw new InvalidDataException($"'{path}' is another file than the index was opened with. Replace the index to take new files.");
        try
        {
            return EmbeddingIndex.Load(path);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }
}
