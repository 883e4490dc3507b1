using Microsoft.Win32.SafeHandles;

namespace Microsoft.ML.ModalityGap;

/// <summary>Opens files that may come from anywhere. What is no file, such as a pipe that nobody writes to, would be waited for without end, and is refused.</summary>
internal static class InputFile
{
    private const long MaximumText = 1 << 26;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It is a pipe or a device, or cannot be opened.</exception>
    internal static FileStream OpenRead(string path, int bufferSize = 4096)
    {
        CheckIsFile(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize);
    }

    /// <inheritdoc cref="OpenRead" />
    internal static SafeFileHandle OpenHandle(string path, FileOptions options = FileOptions.None)
    {
        CheckIsFile(path);
        return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, options);
    }

    /// <summary>The whole file, if it has no more than so many bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The most bytes.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is larger.</exception>
    /// <exception cref="IOException">It is a pipe or a device, or cannot be read.</exception>
    internal static byte[] ReadAllBytes(string path, long limit)
    {
        using var stream = OpenRead(path, bufferSize: 1);
        if (stream.Length > limit)
            throw new InvalidDataException($"'{path}' has {stream.Length} bytes, where up to {limit} are read.");
        var content = new byte[stream.Length];
        return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    /// <summary>The whole file as text, if it has no more than 64 MB.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is larger.</exception>
    /// <exception cref="IOException">It is a pipe or a device, or cannot be read.</exception>
    internal static string ReadAllText(string path)
    {
        using var reader = new StreamReader(new MemoryStream(ReadAllBytes(path, MaximumText)));
        return reader.ReadToEnd();
    }

    /// <summary>Makes of a file what it holds; where that is damaged, the message names the file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The content is damaged.</exception>
    /// <exception cref="IOException">It is a pipe or a device, or cannot be read.</exception>
    internal static T Load<T>(string path, Func<Stream, T> load)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = OpenRead(path, bufferSize: 1 << 16);
        try
        {
            return load(stream);
        }
        catch (InvalidDataException exception) when (!exception.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{path}': {exception.Message}", exception);
        }
    }

    private static void CheckIsFile(string path)
    {
        if (UnixFile.IsSpecial(path))
            throw new IOException($"'{path}' is a pipe or a device, not a file. Write what comes from it into a file first.");
    }
}
