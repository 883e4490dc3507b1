using System.Text;

namespace NotebookRunner;

/// <summary>
/// The twin of a notebook: a file-based app of .NET 10 (<c>dotnet run NN-name.cs</c>) with the same text and code, which needs nothing but the SDK. What cells display is printed;
/// pictures and pages are written into a folder beside the file.
/// </summary>
public static class NotebookApp
{
    private const int LineLength = 140;

    // Its parts stand for what a kernel gives cells: display(...) and HTML(...).
    private const string Support = """
        /// <summary>What stands in for the notebook: text goes to the console, pictures and pages to a folder beside this file.</summary>
        static class Notebook
        {
            static readonly string _folder = Path.ChangeExtension(AppContext.GetData("EntryPointFilePath") as string ?? Path.GetFullPath("$NAME$.cs"), null);
            static int _count;

            public static Html HTML(string text) => new(text);

            public static void display(object value)
            {
                switch (value)
                {
                    case ReportFigure figure:
                        figure.Save(NextFile(figure.Title, $"{figure.Id}.svg"));
                        break;
                    case Html html:
                        File.WriteAllText(NextFile("A page", "page.html"), $"<!doctype html><meta charset=\"utf-8\"><title>$NAME$</title>{html.Text}");
                        break;
                    default:
                        Console.WriteLine(value);
                        break;
                }
            }

            static string NextFile(string title, string name)
            {
                Directory.CreateDirectory(_folder);
                var path = Path.Combine(_folder, $"{++_count:00}-{name}");
                Console.WriteLine($"{title}: {Path.GetRelativePath(Directory.GetCurrentDirectory(), path)}");
                return path;
            }

            public sealed record Html(string Text);
        }
        """;

    /// <summary>Where the twin of a notebook is.</summary>
    public static string GetPath(Notebook notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        return Path.ChangeExtension(notebook.Path, ".cs");
    }

    /// <summary>Writes the twin of a notebook beside it.</summary>
    /// <exception cref="InvalidDataException">The notebook's code cannot stand in a program.</exception>
    public static void Write(Notebook notebook) => File.WriteAllText(GetPath(notebook), Create(notebook));

    /// <summary>Makes the twin of a notebook.</summary>
    /// <exception cref="InvalidDataException">The notebook's code cannot stand in a program.</exception>
    public static string Create(Notebook notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        var name = Path.GetFileNameWithoutExtension(notebook.Path);
        var (directives, usings, types) = (new List<string>(), new List<string>(), new List<string>());
        var body = new StringBuilder();
        foreach (var cell in notebook.Cells)
        {
            if (!cell.IsCode)
            {
                AppendPart(body, CreateComment(cell.Source));
                continue;
            }

            var references = NotebookReferences.Parse(cell.Source);
            directives.AddRange(references.Packages.Select(package => $"#:package {package.Name}@{package.Version}"));
            directives.AddRange(references.Assemblies.Select(path => $"#:project {FindProject(notebook, path)}"));
            var code = CellCode.Parse(references.Code);
            usings.AddRange(code.Usings);
            types.AddRange(code.Types);
            AppendPart(body, cell.IsCheck && code.Statements.Length > 0 ? $"// What this has shown must hold:\n{code.Statements}" : code.Statements);
        }

        string[] parts =
        [
            $"""
            // {name}.ipynb as a program that needs nothing but the .NET 10 SDK. From the root of a clone:
            //
            //   dotnet run samples/Notebooks/{name}.cs
            //
            // Text goes to the console, pictures and pages to the folder {name} beside this file. In a clone, the packages of this repository are the
            // projects they are made from. Written by the notebook's runner; change the notebook, and then
            //
            //   dotnet run -c Release --project samples/Notebooks/Runner -- apps
            {string.Join('\n', directives.Distinct(StringComparer.Ordinal))}
            #:property Nullable=disable
            """,
            string.Join('\n', usings.Append("using static Notebook;").Distinct(StringComparer.Ordinal)),
            body.ToString(),
            .. types,
            Support.Replace("$NAME$", name, StringComparison.Ordinal),
        ];
        return string.Join("\n\n", parts.Select(part => part.ReplaceLineEndings("\n"))) + "\n";
    }

    private static void AppendPart(StringBuilder body, string part)
    {
        if (part.Length > 0)
            body.Append(body.Length > 0 ? "\n\n" : "").Append(part);
    }

    /// <summary>Text as comments, its paragraphs wrapped.</summary>
    private static string CreateComment(string text) => string.Join('\n', text.Trim().Split('\n').SelectMany(Wrap).Select(line => line.Length > 0 ? $"// {line}" : "//"));

    private static IEnumerable<string> Wrap(string line)
    {
        // A table's row is one line.
        while (line.Length > LineLength && !line.StartsWith('|') && line.LastIndexOf(' ', LineLength) is > 0 and var end)
        {
            yield return line[..end].TrimEnd();
            line = line[(end + 1)..];
        }

        yield return line.TrimEnd();
    }

    /// <summary>The project that an assembly is the output of: FOLDER/bin/.../Name.dll is that of FOLDER/Name.csproj.</summary>
    private static string FindProject(Notebook notebook, string assembly)
    {
        var bin = assembly.LastIndexOf("/bin/", StringComparison.Ordinal);
        var project = bin < 0 ? "" : $"{assembly[..bin]}/{Path.GetFileNameWithoutExtension(assembly)}.csproj";
        return bin >= 0 && File.Exists(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(notebook.Path))!, project))
            ? project
            : throw new InvalidDataException($"{notebook.Path} refers to '{assembly}'; a program needs its project, which was looked for at '{project}'.");
    }
}
