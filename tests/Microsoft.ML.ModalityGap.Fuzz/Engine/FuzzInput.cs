namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>An input as bytes, as a stream, and as a file of its own, which is gone when the reader is done.</summary>
internal sealed class FuzzInput(byte[] bytes, string folder, long number) : IDisposable
{
    private readonly List<string> _files = [];

    internal byte[] Bytes { get; } = bytes;

    internal Stream OpenStream() => new MemoryStream(Bytes, writable: false);

    /// <summary>The input as a file, whose name begins with the input's number, so that a handle that was left says whose it is.</summary>
    internal string WriteFile(string name)
    {
        var path = Reserve(name);
        File.WriteAllBytes(path, Bytes);
        return path;
    }

    /// <summary>A path that the reader may write to, or a file that goes with the input.</summary>
    internal string Reserve(string name)
    {
        var path = Path.Combine(folder, $"{number}-{name}");
        _files.Add(path);
        return path;
    }

    /// <summary>A folder of files, one of them the input.</summary>
    internal string WriteFolder(string template, string name)
    {
        var path = Reserve("folder");
        Directory.CreateDirectory(path);
        foreach (var file in Directory.EnumerateFileSystemEntries(template))
        {
            if (Path.GetFileName(file) != name)
                File.CreateSymbolicLink(Path.Combine(path, Path.GetFileName(file)), file);
        }

        File.WriteAllBytes(Path.Combine(path, name), Bytes);
        return path;
    }

    public void Dispose()
    {
        foreach (var path in _files)
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }
    }
}
