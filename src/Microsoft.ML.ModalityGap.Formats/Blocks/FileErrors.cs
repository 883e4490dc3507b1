namespace Microsoft.ML.ModalityGap;

/// <summary>What a library that reads a kind of files throws, in words about the file.</summary>
internal static class FileErrors
{
    /// <summary>Reads something from a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="library">Who reads it.</param>
    /// <param name="advice">What to do where the library does not know what the file uses.</param>
    /// <param name="read">What is read.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or uses what the library does not know.</exception>
    internal static T Translate<T>(string path, string library, string advice, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is NotSupportedException or NotImplementedException || e.Message.Contains("not (yet) support", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{path}' holds what {library} cannot read: {e.Message} {advice}", e);
        }
        catch (InvalidDataException e) when (!e.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{path}' is cut short or damaged: {e.Message}", e);
        }
        catch (OutOfMemoryException e)
        {
            throw new InvalidDataException($"'{path}' is damaged, or needs more memory at once than there is: {e.Message}", e);
        }
        catch (Exception e) when (e is not (InvalidDataException or UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException))
        {
            throw new InvalidDataException($"'{path}' is cut short or damaged: {e.Message}", e);
        }
    }
}
