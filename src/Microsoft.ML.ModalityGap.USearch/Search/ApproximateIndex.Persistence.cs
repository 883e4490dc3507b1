namespace Microsoft.ML.ModalityGap;

public sealed partial class ApproximateIndex
{
    /// <summary>Stores the index and its graphs. Takes memory for one more graph, the largest.</summary>
    /// <param name="stream">Where to; what was written before stays.</param>
    /// <exception cref="InvalidOperationException">The index was changed by others, or 16 million rows and more were added and removed again.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _gate.EnterReadLock();
        try
        {
            CheckVersion();
            ApproximateIndexFormat.Write(stream, this, _queryModality, _keys, _positions.Count, _graphs);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>Stores the index and its graphs in a file, which appears when it is complete.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="InvalidOperationException">The index was changed by others, or 16 million rows and more were added and removed again.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Save);
    }

    /// <summary>Reads an index and its graphs that <see cref="Save(Stream)"/> stored; the stream is left behind its end.</summary>
    /// <param name="stream">Where from.</param>
    /// <exception cref="InvalidDataException">The stream holds none, a damaged one, or one of a newer version.</exception>
    /// <exception cref="DllNotFoundException">USearch has no native library for this platform.</exception>
    public static ApproximateIndex Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ApproximateIndexFormat.Read(stream);
    }

    /// <summary>Reads an index and its graphs from a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file holds none, a damaged one, or one of a newer version.</exception>
    /// <exception cref="DllNotFoundException">USearch has no native library for this platform.</exception>
    public static ApproximateIndex Load(string path) => InputFile.Load(path, Load);

    /// <summary>An index whose graphs are still to be loaded.</summary>
    /// <param name="index">The rows.</param>
    /// <param name="options">What the graphs were made with.</param>
    /// <param name="keys">Per row its key.</param>
    /// <param name="keyCount">The number of keys that were given.</param>
    /// <exception cref="ArgumentException">They do not go together.</exception>
    internal static ApproximateIndex Restore(EmbeddingIndex index, ApproximateIndexOptions options, IReadOnlyList<int> keys, int keyCount)
    {
        var approximate = new ApproximateIndex(index, options) { _version = index.Version };
        if (approximate._queryModality != options.QueryModality)
            throw new ArgumentException($"Its queries are of '{options.QueryModality}', its index is for those of '{approximate._queryModality}'.", nameof(options));
        if (keys.Count != index.Count || keyCount < keys.Count)
            throw new ArgumentException($"It has {index.Count} rows, but {keys.Count} of {keyCount} keys.", nameof(keys));
        approximate._positions.AddRange(Enumerable.Repeat(None, keyCount));
        foreach (var key in keys)
        {
            if (key < 0 || key >= keyCount || approximate._positions[key] != None)
                throw new ArgumentException($"A row has the key {key}, which is another's or none.", nameof(keys));
            approximate._positions[key] = approximate._keys.Count;
            approximate._keys.Add(key);
        }

        return approximate;
    }

    /// <summary>Takes the stored graph of a modality, in which there must be the rows of that modality, each once, and no others.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal void Restore(string? modality, float meanBias, float length, NativeBuffer buffer)
    {
        var vectors = new GraphVectors(Index, _queryModality, meanBias, length);
        using var empty = NativeGraph.Create(vectors.Dimension, Options);
        using var form = empty.Save();
        var held = new HashSet<int>();
        foreach (var key in StoredGraph.ReadKeys(buffer, form, Options.Connectivity))
        {
            if (key == StoredGraph.RemovedKey)
                continue;
            if (key >= (ulong)_positions.Count || _positions[(int)key] is var position && (position == None || Index.Entries.GetModality(position) != modality) || !held.Add((int)key))
                throw new InvalidDataException($"The stored approximate index is damaged: the graph of '{modality}' has the key {key}.");
        }

        var rows = Enumerable.Range(0, Index.Count).Count(position => Index.Entries.GetModality(position) == modality);
        if (held.Count != rows || FindGraph(modality) is not null)
            throw new InvalidDataException($"The stored approximate index is damaged: a graph of '{modality}' has {held.Count} of {rows} rows.");
        var graph = CreateGraph(modality, vectors);
        _graphs.Add(graph);
        graph.Graph.Load(buffer);
    }
}
