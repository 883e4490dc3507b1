using System.Security.Cryptography;

namespace Microsoft.ML.ModalityGap;

/// <summary>A file of embeddings that is one of many parts, and what it holds by its checksum.</summary>
/// <param name="Name">The file as it was named, for people.</param>
/// <param name="Checksum">The SHA-256 of its bytes in hexadecimal digits, as <c>sha256sum</c> prints it; behind a colon which of its arrays is meant, where it has several.</param>
internal sealed record ShardFile(string Name, string Checksum)
{
    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="name">The file as it was named.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal static ShardFile Read(string name, string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var handle = InputFile.OpenHandle(path, FileOptions.SequentialScan);
        var buffer = new byte[1 << 20];
        for (long at = 0; RandomAccess.Read(handle, buffer, at) is var count and > 0; at += count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
        }

        // What stands behind the path says which of the file's arrays is meant.
        var member = name.StartsWith(path, StringComparison.Ordinal) ? name[path.Length..] : "";
        return new ShardFile(name, Convert.ToHexStringLower(hash.GetHashAndReset()) + member);
    }
}
