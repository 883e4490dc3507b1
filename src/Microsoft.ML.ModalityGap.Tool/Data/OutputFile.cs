namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Looks at where a result is to go before the work begins.</summary>
internal static class OutputFile
{
    /// <param name="path">The file to be written.</param>
    /// <param name="others">Files it would be a mistake to replace.</param>
    /// <param name="option">The option that names it.</param>
    internal static void Check(string path, IEnumerable<string> others, string option = "--out")
    {
        AtomicFile.CheckTarget(path);
        if (others.FirstOrDefault(other => Path.GetFullPath(other) == Path.GetFullPath(path)) is { } same)
            throw new UsageException($"{option} would replace '{same}', which this run reads or writes, too. Name another file.");
    }
}
