// Runs notebooks against the code of this repository, stores what their cells put out, the pictures of docs/images, and each notebook's twin, a file-based app.
//
//   dotnet run -c Release --project samples/Notebooks/Runner                       all notebooks beside it
//   dotnet run -c Release --project samples/Notebooks/Runner -- 01*.ipynb          some
//   dotnet run -c Release --project samples/Notebooks/Runner -- --dry-run          without storing anything
//   dotnet run -c Release --project samples/Notebooks/Runner -- apps               the twins alone, without running anything
using System.CommandLine;
using System.Diagnostics;
using NotebookRunner;

var files = new Argument<string[]>("notebooks") { Description = "The .ipynb files; without any, all in samples/Notebooks.", Arity = ArgumentArity.ZeroOrMore };
var dryRun = new Option<bool>("--dry-run") { Description = "Run them only; leave the files as they are." };
var command = new RootCommand("Runs notebooks, stores what their cells put out, and writes their twins.") { files, dryRun };
command.SetAction((result, _) => ForEachAsync(result, async notebook =>
{
    var watch = Stopwatch.StartNew();
    await NotebookRun.ExecuteAsync(notebook).ConfigureAwait(false);
    if (!result.GetValue(dryRun))
    {
        NotebookApp.Write(notebook);
        notebook.Save();
        Pictures.Write(notebook);
    }

    Console.WriteLine($"{Path.GetFileName(notebook.Path)}: {notebook.Cells.Count(cell => cell.IsCode)} cells, {watch.Elapsed.TotalSeconds:F1} s");
}));

var apps = new Command("apps", "Writes the notebooks' twins, file-based apps, without running anything.") { files };
apps.SetAction((result, _) => ForEachAsync(result, notebook =>
{
    NotebookApp.Write(notebook);
    Console.WriteLine(Path.GetFileName(NotebookApp.GetPath(notebook)));
    return Task.CompletedTask;
}));
command.Subcommands.Add(apps);
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);

async Task<int> ForEachAsync(ParseResult result, Func<Notebook, Task> action)
{
    try
    {
        var paths = result.GetValue(files) is { Length: > 0 } given ? given : Directory.GetFiles(NotebookFolder.Find(), "*.ipynb");
        foreach (var path in paths.Order(StringComparer.Ordinal))
            await action(Notebook.Read(path)).ConfigureAwait(false);
        return 0;
    }
    catch (Exception exception) when (exception is IOException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"NotebookRunner: {exception.Message}");
        return 1;
    }
}
