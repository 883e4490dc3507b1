namespace Microsoft.ML.ModalityGap;

/// <summary>How much a file may come to in memory beyond what it holds, so that a small file cannot ask for gigabytes.</summary>
internal static class Expansion
{
    /// <summary>What anything may come to.</summary>
    internal const long FreeBytes = 32 << 20;

    /// <summary>What may come of a byte beyond that: more than Deflate makes of one. ZSTD and runs of equal values make more only of what is next to nothing.</summary>
    internal const long BytesOfByte = 1000;

    /// <param name="path">The file.</param>
    /// <param name="what">What is to be made, for messages.</param>
    /// <param name="bytes">How much of it.</param>
    /// <param name="stored">How many bytes the file holds for it.</param>
    /// <exception cref="InvalidDataException">It is more than what is there can come to.</exception>
    internal static void Check(string path, string what, long bytes, long stored)
    {
        if (bytes < 0 || (bytes > FreeBytes && bytes / BytesOfByte > stored))
            throw new InvalidDataException($"'{path}' is damaged: {what} would come to {bytes} bytes, of the {stored} that the file holds for it.");
    }
}
