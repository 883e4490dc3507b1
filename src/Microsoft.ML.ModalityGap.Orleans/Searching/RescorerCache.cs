using System.Collections.Concurrent;

namespace Microsoft.ML.ModalityGap;

/// <summary>The rescorers that a silo has in memory, each by its file; one that was written since is read again.</summary>
internal sealed class RescorerCache
{
    private readonly ConcurrentDictionary<string, (string Stamp, Lazy<Rescorer> Rescorer)> _rescorers = new(StringComparer.Ordinal);

    /// <returns>The rescorer, and what its file is.</returns>
    /// <exception cref="InvalidDataException">There is no such file, or it is no rescorer.</exception>
    internal (string Stamp, Rescorer Rescorer) Get(string path)
    {
        try
        {
            var stamp = FileStamp.Get(path);
            var known = _rescorers.AddOrUpdate(path, _ => (stamp, Create(path)), (_, known) => known.Stamp == stamp ? known : (stamp, Create(path)));
            return (known.Stamp, known.Rescorer.Value);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _rescorers.TryRemove(path, out _);
            throw new InvalidDataException($"The rescorer '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static Lazy<Rescorer> Create(string path) => new(() => Rescorer.Load(path));
}
