// Runs notebooks against the code of this repository, stores what their cells put out, and the pictures of docs/images.
//
//   dotnet run -c Release --project samples/Notebooks/Runner                       all notebooks beside it
//   dotnet run -c Release --project samples/Notebooks/Runner -- 01*.ipynb          some
//   dotnet run -c Release --project samples/Notebooks/Runner -- --dry-run          without storing anything
using System.CommandLine;
using System.Diagnostics;
using NotebookRunner;

var files = new Argument<string[]>("notebooks") { Description = "The .ipynb files; without any, all in samples/Notebooks.", Arity = ArgumentArity.ZeroOrMore };
var dryRun = new Option<bool>("--dry-run") { Description = "Run them only; leave the files as they are." };
var command = new RootCommand("Runs notebooks and stores what their cells put out.") { files, dryRun };
command.SetAction(async (result, _) =>
{
    try
    {
        var paths = result.GetValue(files) is { Length: > 0 } given ? given : Directory.GetFiles(NotebookFolder.Find(), "*.ipynb");
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            var watch = Stopwatch.StartNew();
            var notebook = Notebook.Read(path);
            await NotebookRun.ExecuteAsync(notebook).ConfigureAwait(false);
            if (!result.GetValue(dryRun))
            {
                notebook.Save();
                Pictures.Write(notebook);
            }

            Console.WriteLine($"{Path.GetFileName(path)}: {notebook.Cells.Count(cell => cell.IsCode)} cells, {watch.Elapsed.TotalSeconds:F1} s");
        }

        return 0;
    }
    catch (Exception exception) when (exception is IOException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"NotebookRunner: {exception.Message}");
        return 1;
    }
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
