namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Files of the library's own formats, whose errors do not know the file's name.</summary>
internal static class SavedFile
{
    internal static T Load<T>(string path, Func<string, T> load)
    {
        try
        {
            return load(path);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }
}
