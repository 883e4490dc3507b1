using System.Security.Cryptography;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What goes with a .npy file of mapped vectors, in a file beside it (<c>closed.npy.fingerprint</c>): the fingerprint of the maps that each of its matrices
/// came through.
/// </summary>
/// <remarks>
/// <para>A file that holds raw vectors has no sidecar. So that one left behind by a file that was since replaced is not believed, it also holds the length and a
/// checksum of the beginning and the end of the file it belongs to.</para>
/// <code>
/// int64     length of the .npy file
/// 32 bytes  SHA-256 of its first and last 64 KB
/// int32     number of matrices; per matrix: text fingerprint, empty where it is not known
/// </code>
/// </remarks>
internal static class NpySidecar
{
    private const int SampleBytes = 1 << 16;
    private static readonly BlockSignature _signature = new("MGNF", Version: 1);

    internal static string GetPath(string npyPath) => npyPath + ".fingerprint";

    /// <summary>Writes the sidecar of a file that is complete, or removes an old one when there is nothing to say.</summary>
    internal static void Write(string npyPath, IReadOnlyList<string?> fingerprints)
    {
        var path = GetPath(npyPath);
        if (fingerprints.All(fingerprint => fingerprint is null))
        {
            File.Delete(path);
            return;
        }

        var (length, checksum) = Identify(npyPath);
        AtomicFile.Write(path, stream => CheckedBlock.Write(stream, _signature, writer =>
        {
            writer.Write(length);
            writer.Write(checksum);
            writer.Write(fingerprints.Count);
            foreach (var fingerprint in fingerprints)
                writer.WriteText(fingerprint ?? "");
        }));
    }

    /// <summary>The fingerprints of a file's matrices; all unknown without a sidecar, or with one that is not the file's own, of which <paramref name="warn"/> hears.</summary>
    /// <exception cref="InvalidDataException">The sidecar is damaged.</exception>
    internal static IReadOnlyList<string?> Read(string npyPath, int matrices, Action<string> warn)
    {
        var path = GetPath(npyPath);
        if (!File.Exists(path))
            return new string?[matrices];

        BlockReader reader;
        using (var stream = InputFile.OpenRead(path))
            reader = CheckedBlock.Read(stream, _signature, $"sidecar of '{npyPath}'");
        var stated = (Length: reader.ReadInt64(), Checksum: reader.ReadBytes(SHA256.HashSizeInBytes));
        var fingerprints = new string?[reader.ReadCount()];
        for (var i = 0; i < fingerprints.Length; i++)
            fingerprints[i] = reader.ReadText() is { Length: > 0 } fingerprint ? fingerprint : null;
        reader.ExpectEnd();

        var (length, checksum) = Identify(npyPath);
        if (fingerprints.Length == matrices && stated.Length == length && checksum.AsSpan().SequenceEqual(stated.Checksum))
            return fingerprints;
        warn($"'{path}' belongs to other vectors than '{npyPath}' holds now, so which maps these came through is not known. Delete it, or write both again.");
        return new string?[matrices];
    }

    private static (long Length, byte[] Checksum) Identify(string npyPath)
    {
        using var stream = InputFile.OpenRead(npyPath);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[SampleBytes];
        hash.AppendData(buffer, 0, stream.ReadAtLeast(buffer, SampleBytes, throwOnEndOfStream: false));
        stream.Position = Math.Max(0, stream.Length - SampleBytes);
        hash.AppendData(buffer, 0, stream.ReadAtLeast(buffer, SampleBytes, throwOnEndOfStream: false));
        return (stream.Length, hash.GetHashAndReset());
    }
}
