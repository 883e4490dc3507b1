using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Embeddings that were made already, in files of some hundred rows, each known by the model and by the items: a changed image, text or model makes another key, and a run that was killed goes on behind the last file that is whole.
/// </summary>
internal sealed class EmbeddingCache(string folder)
{
    private const string What = "file of cached embeddings";

    private static readonly BlockSignature _signature = new("MGBE", Version: 1);

    /// <summary>The key of some items behind a model.</summary>
    internal static string GetKey(string model, IEnumerable<string> items)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(model));
        foreach (var item in items)
        {
            // Behind its length, so that no two lists run together alike.
            var bytes = Encoding.UTF8.GetBytes(item);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What is stored under a key; <see langword="null"/> where there is nothing, or a damaged file.</summary>
    internal EncodedChunk? Find(string key)
    {
        var path = GetPath(key);
        if (!File.Exists(path))
            return null;
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

    internal void Store(string key, EncodedChunk chunk)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(GetPath(key))!);
        AtomicFile.Write(GetPath(key), stream => CheckedBlock.Write(stream, _signature, writer => Write(writer, chunk)));
    }

    private string GetPath(string key) => Path.Combine(folder, key[..2], key + ".embeddings");

    /// <summary>int32 dimension, floats of all rows, int32 number of rows without an embedding, and of each its int32 place and why.</summary>
    private static void Write(BinaryWriter writer, EncodedChunk chunk)
    {
        writer.Write(chunk.Dimension);
        writer.WriteFloats(chunk.Values);
        writer.Write(chunk.Defects.Count);
        foreach (var (row, reason) in chunk.Defects)
        {
            writer.Write(row);
            writer.WriteText(reason);
        }
    }

    private static EncodedChunk Read(BlockReader reader)
    {
        var dimension = reader.ReadInt32();
        var values = reader.ReadFloats();
        var defects = new List<(int, string)>();
        for (var i = reader.ReadCount(); i > 0; i--)
            defects.Add((reader.ReadInt32(), reader.ReadText()));
        return dimension > 0 && values.Length % dimension == 0
            ? new EncodedChunk(dimension, values, defects)
            : throw new InvalidDataException($"This {What} is damaged: {values.Length} values are no rows of {dimension} dimensions.");
    }
}
