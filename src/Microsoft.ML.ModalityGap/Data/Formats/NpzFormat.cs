using System.IO.Compression;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// numpy's archives of named arrays: <c>numpy.savez</c>'s are read where they lie, <c>numpy.savez_compressed</c>'s are unpacked first. What maps an array's vectors came through is the comment of its entry, which numpy passes over.
/// </summary>
internal sealed class NpzFormat : IEmbeddingFormat
{
    private const string MemberExtension = ".npy";
    private const string FingerprintPrefix = SafetensorsFormat.FingerprintKey + "=";

    // numpy's own, so that the same arrays make the same file.
    private static readonly DateTimeOffset _time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string Extension => ".npz";

    public bool HasMembers => true;

    public IReadOnlyList<(string Member, StoredMatrix Matrix)> List(string path, Action<string> warn)
    {
        using var file = new PositionedStream(InputFile.OpenRead(path));
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            var members = new List<(string, StoredMatrix)>();
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in archive.Entries.Where(entry => entry.FullName.EndsWith(MemberExtension, StringComparison.Ordinal)))
            {
                var member = entry.FullName[..^MemberExtension.Length];
                if (!names.Add(member))
                    throw new InvalidDataException($"'{path}' holds two arrays '{member}'.");
                members.Add((member, Read(path, member, entry, file)));
            }

            return members;
        }
        catch (InvalidDataException e) when (!e.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{path}' is no .npz file, or damaged: {e.Message}", e);
        }
    }

    public void Write(Stream stream, IReadOnlyList<WrittenColumn> columns, NpyElementType elementType)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var column in columns)
        {
            var entry = archive.CreateEntry(column.Name + MemberExtension, CompressionLevel.NoCompression);
            entry.LastWriteTime = _time;
            entry.Comment = column.Fingerprint is { } fingerprint ? FingerprintPrefix + fingerprint : "";
            using var content = entry.Open();
            NpyHeader.Write(content, elementType, column.RowCount, column.Dimension);
            column.WriteCountedTo(content, elementType);
        }
    }

    private static StoredMatrix Read(string path, string member, ZipArchiveEntry entry, PositionedStream file)
    {
        var name = $"{path}:{member}";
        NpyHeader header;
        long start;
        using (var content = entry.Open())
        {
            file.FirstRead = null;
            header = NpyHeader.Read(content, name, entry.Length);
            start = file.FirstRead!.Value;
        }

        // What is not packed lies in the archive as it is.
        var isStored = entry.CompressedLength == entry.Length && StartsThere(file, start, header, name, entry.Length);
        var entryName = entry.FullName;
        var length = entry.Length;
        var fingerprints = new string?[StoredMatrix.CountModalities(header.Shape)];
        Array.Fill(fingerprints, entry.Comment.StartsWith(FingerprintPrefix, StringComparison.Ordinal) ? entry.Comment[FingerprintPrefix.Length..] : null);
        return new StoredMatrix(
            name,
            header.Shape,
            header.Format,
            header.IsFortranOrder,
            isStored ? new MatrixBytes(path) : new MatrixBytes(path, target => Unpack(path, entryName, length, target)),
            (isStored ? start : 0) + header.DataOffset,
            fingerprints);
    }

    private static bool StartsThere(PositionedStream file, long start, NpyHeader header, string name, long length)
    {
        var position = file.Position;
        try
        {
            file.Position = start;
            var found = NpyHeader.Read(file, name, length);
            return found.DataOffset == header.DataOffset && found.Format == header.Format && found.IsFortranOrder == header.IsFortranOrder && found.Shape.SequenceEqual(header.Shape);
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            file.Position = position;
        }
    }

    private static void Unpack(string path, string entryName, long length, Stream target)
    {
        using var archive = new ZipArchive(InputFile.OpenRead(path));
        var entry = archive.GetEntry(entryName);
        if (entry is null || entry.Length != length)
            throw new InvalidDataException($"'{path}' was replaced since it was opened.");
        using var content = entry.Open();
        var buffer = new byte[1 << 16];
        while (target.Position <= length && content.Read(buffer) is var read and > 0)
            target.Write(buffer, 0, read);
        if (target.Position != length)
            throw new InvalidDataException($"'{path}' is damaged: '{entryName}' unpacks to {(target.Position < length ? target.Position : "more")} bytes where {length} are stated.");
    }

    /// <summary>Tells where a read began: at the entry's content, when asked for right after the entry was opened. ZipArchive does not tell.</summary>
    private sealed class PositionedStream(FileStream file) : FileView(file)
    {
        /// <summary>Where the first read began since this was set to <see langword="null"/>.</summary>
        internal long? FirstRead { get; set; }

        protected override int Admit(int count)
        {
            FirstRead ??= Position;
            return count;
        }
    }
}
