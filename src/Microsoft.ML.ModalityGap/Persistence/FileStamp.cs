using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>What a file is without reading all of it: its length and when it was written. A file that was written since is another.</summary>
internal static class FileStamp
{
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    internal static string Get(string path)
    {
        var file = new FileInfo(path);
        return file.Exists
            ? string.Create(CultureInfo.InvariantCulture, $"{file.Length}:{file.LastWriteTimeUtc.Ticks}")
            : throw new FileNotFoundException($"There is no file '{path}'.", path);
    }
}
