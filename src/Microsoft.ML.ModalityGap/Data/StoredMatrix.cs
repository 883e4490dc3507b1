using Microsoft.Win32.SafeHandles;

namespace Microsoft.ML.ModalityGap;

/// <summary>An array of numbers in a file, of shape (N, D), or (M, N, D) for M modalities.</summary>
/// <param name="Name">For messages: the file, and which of its arrays where it has names for them.</param>
/// <param name="Shape">Its sizes; any number of them, until it is asked for a matrix.</param>
/// <param name="Format">How the numbers stand there.</param>
/// <param name="IsFortranOrder">Whether the first index runs fastest.</param>
/// <param name="Bytes">Where its bytes are.</param>
/// <param name="Offset">Where the first number begins in them.</param>
/// <param name="Fingerprints">Of the maps that the vectors of each modality came through, where that is known.</param>
internal sealed record StoredMatrix(
    string Name, IReadOnlyList<long> Shape, NumberFormat Format, bool IsFortranOrder, MatrixBytes Bytes, long Offset, IReadOnlyList<string?> Fingerprints)
{
    private const int MaximumModalities = 1024;

    /// <summary>The shape as people write it.</summary>
    internal string ShapeText => $"({string.Join(", ", Shape)}{(Shape.Count == 1 ? "," : "")})";

    /// <summary>M.</summary>
    internal long Modalities => Shape.Count == 3 ? Shape[0] : 1;

    /// <summary>N.</summary>
    internal long RowCount => Shape[^2];

    /// <summary>D.</summary>
    internal long Dimension => Shape[^1];

    /// <summary>M of a shape; no more than anybody has, so that a stated number asks for no memory.</summary>
    internal static int CountModalities(IReadOnlyList<long> shape) => shape.Count == 3 ? (int)Math.Clamp(shape[0], 1, MaximumModalities) : 1;

    /// <summary>Bytes that the numbers take; more than there can be where the sizes are absurd.</summary>
    internal static Int128 CountBytes(IReadOnlyList<long> shape, NumberFormat format)
    {
        Int128 count = format.Size;
        foreach (var size in shape)
        {
            if (size == 0)
                return 0;
            count = count > long.MaxValue ? count : count * size;
        }

        return count;
    }

    /// <summary>Refuses what is no embeddings.</summary>
    /// <exception cref="InvalidDataException">It has another number of sizes, or a dimension no embedding has.</exception>
    internal void CheckIsEmbeddings()
    {
        if (Shape.Count is not (2 or 3))
            throw new InvalidDataException($"'{Name}' has the shape {ShapeText}; (N, D) is expected, or (M, N, D) for M modalities.");
        if (Dimension is < 1 or > EmbeddingMapFormat.MaximumDimension)
            throw new InvalidDataException($"'{Name}' has the shape {ShapeText}; the last size, the embedding's dimension, must be from 1 to {EmbeddingMapFormat.MaximumDimension}.");
        if (Shape.Count == 3 && Modalities is < 1 or > MaximumModalities)
            throw new InvalidDataException($"'{Name}' has the shape {ShapeText}; the first size, the number of modalities, must be from 1 to {MaximumModalities}.");
    }

    /// <summary>One modality's rows: where its first number is, and how many numbers further the next of its column and of its row are.</summary>
    internal (long Offset, long RowStride, long ColumnStride) Locate(long modality) => IsFortranOrder
        ? (Offset + modality * Format.Size, Modalities, Modalities * RowCount)
        : (Offset + modality * RowCount * Dimension * Format.Size, Dimension, 1);
}

/// <summary>Bytes that can be read anywhere: a file's, or those of a packed member of one, unpacked when they are first needed.</summary>
/// <param name="path">The file.</param>
/// <param name="unpack">Writes the unpacked bytes; <see langword="null"/> where the file's own are meant.</param>
internal sealed class MatrixBytes(string path, Action<Stream>? unpack = null)
{
    private readonly Lock _lock = new();
    private SafeFileHandle? _unpacked;

    /// <summary>Opens them; whoever asked closes the handle.</summary>
    /// <exception cref="IOException">The file cannot be opened, or there is no room to unpack.</exception>
    internal SafeFileHandle Open()
    {
        if (unpack is null)
            return InputFile.OpenHandle(path);
        lock (_lock)
        {
            _unpacked ??= Unpack(unpack);
        }

        // The bytes are shared by all readers, and go with this.
        return new SafeFileHandle(_unpacked.DangerousGetHandle(), ownsHandle: false);
    }

    /// <summary>Into a file without a name where the system allows that, so that nothing is left behind however the process ends.</summary>
    private SafeFileHandle Unpack(Action<Stream> write)
    {
        var temporary = Path.Combine(Path.GetTempPath(), $"modality-gap-{Guid.NewGuid():N}.tmp");
        var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.DeleteOnClose);
        try
        {
            if (!OperatingSystem.IsWindows())
                File.Delete(temporary);
            using var stream = new FileStream(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.ReadWrite, bufferSize: 1 << 16);
            write(stream);
            return handle;
        }
        catch (IOException e) when (e is not (EndOfStreamException or FileNotFoundException))
        {
            handle.Dispose();
            throw new IOException($"'{path}' is compressed, and unpacking it into '{Path.GetTempPath()}' failed: {e.Message} Set TMPDIR to a folder with room, or save it uncompressed (numpy.savez).", e);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
