namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Looks at where a result is to go before the work begins: nothing that is there is lost unasked.</summary>
internal static class OutputFile
{
    /// <param name="session">The run, which knows whether <c>--force</c> is given.</param>
    /// <param name="path">The file to be written.</param>
    /// <param name="others">Files it would be a mistake to replace, whatever is forced: those the run reads, and its other outputs.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="mayExist">Whether it may be replaced without <c>--force</c>.</param>
    /// <exception cref="UsageException">It is one of the others, by whatever name or link, or it exists and is not to be replaced.</exception>
    internal static void Check(Session session, string path, IEnumerable<string> others, string option = "--out", bool mayExist = false)
    {
        AtomicFile.CheckTarget(path);
        var real = Resolve(path);
        var comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (others.FirstOrDefault(other => string.Equals(Resolve(other), real, comparison) || FileIdentity.AreSame(other, path)) is { } same)
            throw new UsageException($"{option} would replace '{same}', which this run reads or writes, too. Name another file.");
        if (!mayExist && !session.Force && File.Exists(path))
            throw new UsageException($"'{path}' exists already. --force replaces it; or name another {option}.");
    }

    /// <summary>Refuses a folder for several files that holds some of their kind.</summary>
    /// <param name="session">The run.</param>
    /// <param name="folder">The folder, which need not exist.</param>
    /// <param name="extension">Of the files, such as <c>.svg</c>.</param>
    /// <param name="option">The option that names the folder.</param>
    internal static void CheckFolder(Session session, string folder, string extension, string option)
    {
        if (!session.Force && Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*" + extension).Any())
            throw new UsageException($"'{folder}' holds {extension} files already. --force replaces those of the same names; or name another {option}.");
    }

    /// <summary>The path with every link on the way followed.</summary>
    private static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        var resolved = Path.GetPathRoot(full)!;
        foreach (var part in full[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            FileSystemInfo entry = Directory.Exists(resolved) ? new DirectoryInfo(resolved) : new FileInfo(resolved);

            // A file that is not there yet may be the end of a link that leads nowhere.
            if (entry.LinkTarget is not null)
                resolved = entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? resolved;
        }

        return resolved;
    }
}
