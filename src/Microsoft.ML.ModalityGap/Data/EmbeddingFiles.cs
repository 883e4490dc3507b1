using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>What people name where embeddings are wanted: a file, one array of a file (<c>file.npz:name</c>), all files of a folder, or those of a pattern (<c>img_emb_*.npy</c>).</summary>
internal static class EmbeddingFiles
{
    private static readonly IEmbeddingFormat[] _formats = [new NpyFormat(), new NpzFormat(), new SafetensorsFormat()];

    /// <summary>The endings of the files that can be read.</summary>
    internal static IEnumerable<string> Extensions => _formats.Select(format => format.Extension);

    /// <summary>The files that a specification names, in natural order: <c>emb_2.npy</c> before <c>emb_10.npy</c>.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">A folder holds files of different kinds.</exception>
    internal static IReadOnlyList<string> GetFiles(string specification) => Resolve(specification).Files;

    /// <summary>The same as specifications of one file each.</summary>
    internal static IReadOnlyList<string> GetShards(string specification)
    {
        var (files, member) = Resolve(specification);
        return member is null ? files : [.. files.Select(file => $"{file}:{member}")];
    }

    /// <summary>The arrays that a specification names: one, or one of each shard, whose rows follow each other.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A file cannot be read, or it is not clear which of its arrays is meant.</exception>
    internal static IReadOnlyList<StoredMatrix> Open(string specification, Action<string> warn)
    {
        var (files, member) = Resolve(specification);
        return [.. files.Select(file => Find(file, member, warn))];
    }

    /// <summary>Whether a file, by its name, is one of embeddings.</summary>
    internal static bool IsOne(string path) => FindFormat(path) is not null;

    /// <summary>All arrays of numbers that a specification names, of every shape, with their names in their file.</summary>
    internal static IReadOnlyList<(string Member, StoredMatrix Matrix)> List(string specification, Action<string> warn)
    {
        var (files, member) = Resolve(specification);
        return [.. files.SelectMany(file => member is null ? (FindFormat(file) ?? _formats[0]).List(file, warn) : [(member, Find(file, member, warn))])];
    }

    /// <summary>The shape of what a specification names, the rows of all shards together; not (N, D) alone, but whatever the file has.</summary>
    internal static IReadOnlyList<long> ReadShape(string specification)
    {
        var matrices = Open(specification, _ => { });
        if (matrices.Count == 1)
            return matrices[0].Shape;
        CheckShards(matrices);
        return [matrices.Sum(matrix => matrix.RowCount), matrices[0].Dimension];
    }

    /// <summary>Refuses shards whose rows do not go behind each other.</summary>
    /// <exception cref="InvalidDataException">One is no (N, D), has another dimension than the first, or came through other maps.</exception>
    internal static void CheckShards(IReadOnlyList<StoredMatrix> shards)
    {
        foreach (var shard in shards)
        {
            shard.CheckIsEmbeddings();
            if (shards.Count > 1 && shard.Shape.Count != 2)
                throw new InvalidDataException($"'{shard.Name}', one of {shards.Count} shards, has the shape {shard.ShapeText}; (N, D) is expected of each.");
            if (shard.Dimension != shards[0].Dimension)
                throw new InvalidDataException($"Shards need one dimension, but '{shards[0].Name}' has the shape {shards[0].ShapeText} and '{shard.Name}' {shard.ShapeText}.");
            if (shard.Fingerprints.SequenceEqual(shards[0].Fingerprints))
                continue;
            throw new InvalidDataException(
                $"Shards need to lie in one space, but the vectors of '{shards[0].Name}' {Describe(shards[0])} and those of '{shard.Name}' {Describe(shard)}. Put all through one model, or leave out what does not belong.");
        }

        static string Describe(StoredMatrix shard) => shard.Fingerprints[0] is { } fingerprint ? $"came through the maps {fingerprint}" : "through none that is known";
    }

    /// <summary>Streams columns of a data view into a file of the kind that its ending says; of another ending, numpy's.</summary>
    /// <param name="host">For messages and progress.</param>
    /// <param name="data">The data.</param>
    /// <param name="path">The file, which appears when it is complete.</param>
    /// <param name="columnNames">At least one column.</param>
    /// <param name="elementType">The format of the numbers.</param>
    internal static void Write(IHost host, IDataView data, string path, IReadOnlyList<string> columnNames, NpyElementType elementType) =>
        EmbeddingWriter.Write(host, FindFormat(path) ?? _formats[0], data, path, columnNames, elementType);

    private static (IReadOnlyList<string> Files, string? Member) Resolve(string specification)
    {
        if (File.Exists(specification))
            return ([specification], null);
        if (Directory.Exists(specification))
            return (ShardFiles.ListFolder(specification, FindFormat, Extensions), null);
        var (path, member) = SplitMember(specification);
        if (member is not null && File.Exists(path))
            return ([path], member);
        if (ShardFiles.IsPattern(path))
            return (ShardFiles.ListPattern(path), member);
        throw new FileNotFoundException($"There is no file or folder '{path}'.", path);
    }

    /// <summary><c>file.npz:name</c>; a colon elsewhere belongs to the name of the file.</summary>
    internal static (string Path, string? Member) SplitMember(string specification)
    {
        foreach (var format in _formats.Where(format => format.HasMembers))
        {
            var at = specification.IndexOf(format.Extension + ":", StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
                return (specification[..(at + format.Extension.Length)], specification[(at + format.Extension.Length + 1)..]);
        }

        return (specification, null);
    }

    // A file of another name is taken for numpy's array, as ever: its first bytes tell.
    private static StoredMatrix Find(string path, string? member, Action<string> warn)
    {
        var format = FindFormat(path) ?? _formats[0];
        var arrays = format.List(path, warn);
        if (!format.HasMembers)
            return arrays[0].Matrix;
        var listed = arrays.Count == 0 ? "none" : string.Join(", ", arrays.Take(20).Select(array => $"{array.Member} {array.Matrix.ShapeText}")) + (arrays.Count > 20 ? ", …" : "");
        if (member is not null)
        {
            return arrays.FirstOrDefault(array => array.Member == member).Matrix
                ?? throw new InvalidDataException($"'{path}' has no array of numbers '{member}'; it has {listed}.");
        }

        var candidates = arrays.Where(array => array.Matrix.Shape.Count is 2 or 3).ToArray();
        return candidates.Length == 1
            ? candidates[0].Matrix
            : throw new InvalidDataException($"'{path}' holds {(candidates.Length == 0 ? "no array" : "several arrays")} of shape (N, D) or (M, N, D): {listed}.{(candidates.Length == 0 ? "" : $" Name one: {path}:{candidates[0].Member}")}");
    }

    private static IEmbeddingFormat? FindFormat(string path) => _formats.FirstOrDefault(format => Path.GetExtension(path).Equals(format.Extension, StringComparison.OrdinalIgnoreCase));
}
