using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Embeddings that a model has made already, in files of some hundred rows, each known by what its items are: a changed image, text or model makes another key, an item that lies elsewhere now does not, and a run that was killed goes
/// on behind the last file that is whole.
/// </summary>
/// <param name="folder">Of all models.</param>
/// <param name="model">The fingerprint of this one.</param>
internal sealed class EmbeddingCache(string folder, string model)
{
    private const string What = "file of cached embeddings";

    // Files kept in memory, while items are gathered out of several.
    private const int MaximumOpen = 16;

    private static readonly BlockSignature _signature = new("MGBE", Version: 2);

    private readonly string _folder = Path.Combine(folder, model[..32]);
    private readonly Dictionary<string, (string Path, int Row)> _places = new(StringComparer.Ordinal);
    private readonly List<(string Path, EncodedChunk Chunk)> _open = [];
    private bool _isListed;

    /// <summary>A key of some things, in their order.</summary>
    internal static string GetKey(string first, IEnumerable<string> others)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(first));
        foreach (var item in others)
        {
            // Behind its length, so that no two lists run together alike.
            var bytes = Encoding.UTF8.GetBytes(item);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The embeddings of some items; what is not there is encoded, and kept.</summary>
    /// <param name="items">What each item is known by.</param>
    /// <param name="encode">Encodes the items at some places.</param>
    internal EncodedChunk Get(IReadOnlyList<string> items, Func<IReadOnlyList<int>, EncodedChunk> encode)
    {
        // Nearly always the items stand together as they did.
        var path = GetPath(items);
        if (File.Exists(path) && TryRead(path) is { } stored && stored.Items.SequenceEqual(items))
            return stored.Chunk;

        List();
        var missing = items.Index().Where(item => Find(item.Item) is null).DistinctBy(item => item.Item).ToList();
        var encoded = missing.Count == 0 ? null : encode([.. missing.Select(item => item.Index)]);
        var rows = missing.Index().ToDictionary(entry => entry.Item.Item, entry => entry.Index, StringComparer.Ordinal);
        var chunk = EncodedChunk.Gather([.. items.Select(item => rows.TryGetValue(item, out var row) ? (encoded!, row) : Find(item)!.Value)]);
        Store(path, items, chunk);
        return chunk;
    }

    private string GetPath(IReadOnlyList<string> items)
    {
        var key = GetKey(model, items);
        return Path.Combine(_folder, key[..2], key + ".embeddings");
    }

    /// <summary>Where an item's embedding is, whatever it stands with; <see langword="null"/> where there is none.</summary>
    private (EncodedChunk Chunk, int Row)? Find(string item)
    {
        if (!_places.TryGetValue(item, out var place))
            return null;
        var found = _open.FindIndex(open => open.Path == place.Path);
        if (found >= 0)
            return (_open[found].Chunk, place.Row);
        if (TryRead(place.Path) is not { } stored)
            return null; // gone since it was listed
        if (_open.Count == MaximumOpen)
            _open.RemoveAt(0);
        _open.Add((place.Path, stored.Chunk));
        return (stored.Chunk, place.Row);
    }

    /// <summary>Reads once what items all files of the model hold: some of those that are missed may be there.</summary>
    private void List()
    {
        if (_isListed)
            return;
        _isListed = true;
        foreach (var path in Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder, "*.embeddings", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            if (TryRead(path) is { } stored)
                Note(path, stored.Items);
        }
    }

    private void Note(string path, IReadOnlyList<string> items)
    {
        for (var i = 0; i < items.Count; i++)
            _places.TryAdd(items[i], (path, i));
    }

    private void Store(string path, IReadOnlyList<string> items, EncodedChunk chunk)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, stream => CheckedBlock.Write(stream, _signature, writer => Write(writer, items, chunk)));
        Note(path, items);
    }

    /// <summary>What is in a file; <see langword="null"/> where it is damaged, or of a version before this.</summary>
    private static StoredChunk? TryRead(string path)
    {
        try
        {
            using var stream = InputFile.OpenRead(path);
            return CheckedBlock.Read(stream, _signature, What, Read);
        }
        catch (InvalidDataException)
        {
            return null; // encoded again, and replaced
        }
    }

    /// <summary>int32 number of rows, texts of what each is known by, int32 dimension, floats of all rows, int32 number of rows without an embedding, and of each its int32 place and why.</summary>
    private static void Write(BinaryWriter writer, IReadOnlyList<string> items, EncodedChunk chunk)
    {
        writer.Write(items.Count);
        foreach (var item in items)
            writer.WriteText(item);
        writer.Write(chunk.Dimension);
        writer.WriteFloats(chunk.Values);
        writer.Write(chunk.Defects.Count);
        foreach (var (row, reason) in chunk.Defects)
        {
            writer.Write(row);
            writer.WriteText(reason);
        }
    }

    private static StoredChunk Read(BlockReader reader)
    {
        if (reader.Version != _signature.Version)
            throw new InvalidDataException($"This {What} does not say what its items are; it is of layout version {reader.Version}.");
        var items = new string[reader.ReadCount()];
        for (var i = 0; i < items.Length; i++)
            items[i] = reader.ReadText();
        var dimension = reader.ReadInt32();
        var values = reader.ReadFloats();
        var defects = new List<(int, string)>();
        for (var i = reader.ReadCount(); i > 0; i--)
            defects.Add((reader.ReadInt32(), reader.ReadText()));
        return dimension > 0 && values.Length == (long)items.Length * dimension
            ? new StoredChunk(items, new EncodedChunk(dimension, values, defects))
            : throw new InvalidDataException($"This {What} is damaged: {values.Length} values are no {items.Length} rows of {dimension} dimensions.");
    }

    private sealed record StoredChunk(IReadOnlyList<string> Items, EncodedChunk Chunk);
}
