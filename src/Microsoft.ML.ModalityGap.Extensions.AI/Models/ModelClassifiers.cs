namespace Microsoft.ML.ModalityGap;

/// <summary>Classifiers of lists of classes that were asked for, kept as most requests name the same ones; so many at most that nobody can fill the memory.</summary>
internal sealed class ModelClassifiers : IDisposable
{
    private const int MaxCount = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, Lazy<ModelClassifier>> _known = [];
    private readonly List<Key> _order = [];

    /// <summary>The classifier of these classes and options, made once however many ask at the same time.</summary>
    internal ModelClassifier Get(IReadOnlyList<string> names, ClassifyZeroShotOptions options, Func<IReadOnlyList<string>, ClassifyZeroShotOptions, ModelClassifier> create)
    {
        string[] copy = [.. names];
        var key = new Key(string.Join('\n', copy.Select(name => $"{name?.Length} {name}")), options);
        Lazy<ModelClassifier> entry;
        lock (_lock)
        {
            if (!_known.TryGetValue(key, out entry!))
            {
                if (_known.Count >= MaxCount)
                    Remove(_order[0]);
                entry = new Lazy<ModelClassifier>(() => create(copy, options));
                _known.Add(key, entry);
                _order.Add(key);
            }
        }

        try
        {
            return entry.Value;
        }
        catch
        {
            // What failed is tried again by the next.
            lock (_lock)
            {
                if (_known.TryGetValue(key, out var failed) && failed == entry)
                    Remove(key);
            }

            throw;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var entry in _known.Values.Where(entry => entry.IsValueCreated))
                entry.Value.Dispose();
            _known.Clear();
            _order.Clear();
        }
    }

    private void Remove(Key key)
    {
        _known.Remove(key);
        _order.Remove(key);
    }

    private sealed record Key(string Names, ClassifyZeroShotOptions Options);
}
