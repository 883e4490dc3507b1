namespace NotebookRunner;

/// <summary>The pictures of the documentation: what tagged cells of the notebooks put out.</summary>
public static class Pictures
{
    /// <summary>The folder <c>docs/images</c> beside the notebooks' own.</summary>
    public static string Folder => Path.GetFullPath(Path.Combine(NotebookFolder.Find(), "..", "..", "docs", "images"));

    /// <summary>The pictures of a notebook by the names of their files.</summary>
    /// <exception cref="InvalidDataException">A cell that is to put out a picture did not.</exception>
    public static IEnumerable<(string Path, string Svg)> Find(Notebook notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        foreach (var cell in notebook.Cells)
        {
            if (cell.PictureName is { } name)
                yield return (Path.Combine(Folder, $"{name}.svg"), cell.Picture ?? throw new InvalidDataException($"{notebook.Path}: the cell for the picture '{name}' put out none."));
        }
    }

    /// <summary>Writes the pictures of a notebook.</summary>
    public static void Write(Notebook notebook)
    {
        Directory.CreateDirectory(Folder);
        foreach (var (path, svg) in Find(notebook))
            File.WriteAllText(path, svg);
    }
}
