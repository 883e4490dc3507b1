namespace NotebookRunner;

/// <summary>Where the notebooks of this repository are.</summary>
public static class NotebookFolder
{
    /// <summary>The folder <c>samples/Notebooks</c>, looked for upwards from the program.</summary>
    /// <exception cref="DirectoryNotFoundException">The program does not lie in a clone of the repository.</exception>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "samples", "Notebooks");
            if (Directory.Exists(candidate))
                return candidate;
        }

        throw new DirectoryNotFoundException($"Found no 'samples/Notebooks' above '{AppContext.BaseDirectory}'. Run inside a clone of the repository.");
    }
}
