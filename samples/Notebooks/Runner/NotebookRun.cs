namespace NotebookRunner;

/// <summary>Runs the cells of a notebook in order, in the notebook's folder, as the editors do.</summary>
public static class NotebookRun
{
    /// <summary>Runs all code cells up to the first that fails, and puts what they put out into the notebook; nothing is saved.</summary>
    /// <exception cref="InvalidOperationException">A cell failed; the message holds its number, its code and what went wrong.</exception>
    public static async Task ExecuteAsync(Notebook notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        var before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(Path.GetDirectoryName(Path.GetFullPath(notebook.Path))!);
        try
        {
            using var kernel = new NotebookKernel();
            var count = 0;
            foreach (var cell in notebook.Cells.Where(cell => cell.IsCode))
            {
                var result = await kernel.RunAsync(cell.Source, ++count).ConfigureAwait(false);
                if (result.Error is { } error)
                    throw new InvalidOperationException($"{Path.GetFileName(notebook.Path)}, {(cell.IsCheck ? "check" : "cell")} {count} failed: {error}{Environment.NewLine}{cell.Source}");
                cell.SetOutputs(count, result.Outputs);
            }
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }
}
