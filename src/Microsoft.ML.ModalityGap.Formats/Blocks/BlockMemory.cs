using System.Globalization;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Blocks, or pages of them, that cannot be divided, because the library that reads them does not: said where they take much, refused where they take more than there is, before anything is read.</summary>
internal static class BlockMemory
{
    private const long Much = 1L << 30;

    /// <param name="host">What is told of much memory.</param>
    /// <param name="file">The file.</param>
    /// <param name="block">The block's name.</param>
    /// <param name="bytes">What reading it takes.</param>
    /// <param name="available">What this process may have.</param>
    /// <exception cref="InvalidDataException">It takes more.</exception>
    internal static void Check(IHost host, string file, string block, long bytes, long available)
    {
        if (bytes < Much && bytes <= available)
            return;
        var text = string.Create(CultureInfo.InvariantCulture, $"'{file}': {block} takes about {bytes / 1e9:F1} GB of memory at once. Write the file anew in smaller blocks or pages (pyarrow: row_group_size=4096, data_page_size=1048576), or read fewer columns");
        if (bytes > available)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{text}: this process may have {available / 1e9:F1} GB."));
        using var channel = host.Start("Read blocks");
        channel.Warning($"{text}.");
    }
}
