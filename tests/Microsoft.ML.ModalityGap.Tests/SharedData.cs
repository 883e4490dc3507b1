namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>The folder <c>shared/data</c> beside the repository. A fresh clone does not have it; tests that need it are then inconclusive.</summary>
internal static class SharedData
{
    private static readonly string? _folder = Find();

    /// <summary>A file's path; ends the test as inconclusive when it is not there.</summary>
    public static string GetPath(params string[] parts)
    {
        var path = _folder is null ? null : Path.Combine([_folder, .. parts]);
        if (path is null || !Path.Exists(path))
            Assert.Inconclusive($"This test needs shared/data/{string.Join('/', parts)} beside the repository.");
        return path;
    }

    private static string? Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "shared", "data");
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }
}
