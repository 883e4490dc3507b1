namespace Microsoft.ML.ModalityGap;

/// <summary>Writes a file beside its final name and moves it there when it is whole, so that a failure leaves no partial file.</summary>
internal static class AtomicFile
{
    internal static void Write(string path, Action<Stream> write)
    {
        var (directory, fullPath) = CheckTarget(path);
        var temporary = Path.Combine(directory, $".{Path.GetFileName(fullPath)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16))
                write(stream);
            File.Move(temporary, fullPath, overwrite: true);
        }
        catch (Exception exception)
        {
            File.Delete(temporary);

            // Of the temporary file nobody has heard; what failed is to write the one that was asked for.
            if (exception is IOException or UnauthorizedAccessException && exception.Message.Contains(temporary, StringComparison.Ordinal))
                throw new IOException($"Cannot write '{path}': {DescribeReason(exception, directory, temporary)}.", exception) { HResult = exception.HResult };
            throw;
        }
    }

    private static string DescribeReason(Exception exception, string directory, string temporary) => exception is UnauthorizedAccessException
        ? $"no permission to make files in '{directory}'"
        : exception.Message.Replace($"'{temporary}'", "", StringComparison.Ordinal).Trim(' ', ':', '.').ToLowerInvariant();

    /// <summary>Checks where a file is to go, which work that takes long does before it begins.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="IOException">The name is that of a folder or a device.</exception>
    internal static (string Directory, string FullPath) CheckTarget(string path)
    {
        var fullPath = Path.GetFullPath(path);
        if (Path.GetDirectoryName(fullPath) is not { } directory || Directory.Exists(fullPath))
            throw new IOException($"Cannot write '{path}': a folder has that name.");
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"Cannot write '{path}': the folder '{directory}' does not exist.");

        // The move that puts a file in place would replace /dev/null itself.
        if (directory == "/dev")
            throw new IOException($"Cannot write '{path}': a device can hold no file.");
        return (directory, fullPath);
    }
}
