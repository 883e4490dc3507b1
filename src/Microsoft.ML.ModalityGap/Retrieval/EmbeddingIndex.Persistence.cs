namespace Microsoft.ML.ModalityGap;

public sealed partial class EmbeddingIndex
{
    /// <summary>Stores the index.</summary>
    /// <param name="stream">Where to; what was written before stays.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _gate.EnterReadLock();
        try
        {
            EmbeddingIndexFormat.Write(stream, this);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>Stores the index in a file, which appears when it is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Save);
    }

    /// <summary>Reads an index that <see cref="Save(Stream)"/> stored; the stream is left behind its end.</summary>
    /// <exception cref="InvalidDataException">The stream holds no index, a damaged one, or one of a newer version.</exception>
    public static EmbeddingIndex Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return EmbeddingIndexFormat.Read(stream);
    }

    /// <summary>Reads an index from a file.</summary>
    /// <exception cref="InvalidDataException">The file holds no index, a damaged one, or one of a newer version.</exception>
    public static EmbeddingIndex Load(string path) => InputFile.Load(path, Load);
}
