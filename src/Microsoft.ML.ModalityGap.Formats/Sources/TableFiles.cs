using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What people name where embeddings are wanted, of the kinds of files that this package reads: <c>file.parquet:column</c>, a folder or a pattern of shards, with or without a column.
/// </summary>
internal static class TableFiles
{
    private static readonly ITableFormat[] _formats = [new ParquetFormat(), new ArrowFormat(), new Hdf5Format()];

    /// <summary>The endings of the files that can be read.</summary>
    internal static IEnumerable<string> Extensions => _formats.SelectMany(format => format.Extensions);

    /// <summary>Whether a specification names files of this package, by its ending; a folder, by what lies in it.</summary>
    internal static bool Handles(string specification)
    {
        var path = Split(specification).Path;
        return FindFormat(path) is not null || (Directory.Exists(path) && Directory.EnumerateFiles(path).Any(file => FindFormat(file) is not null));
    }

    /// <summary>The ending, of those that can be read and written, of the file that a specification names; <see langword="null"/> where it has another.</summary>
    internal static string? FindExtension(string specification) => Split(specification).Path is var path && FindFormat(path) is not null ? Path.GetExtension(path) : null;

    /// <summary>The files that a specification names, in natural order.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">A folder holds files of different kinds.</exception>
    internal static IReadOnlyList<string> GetFiles(string specification)
    {
        var path = Split(specification).Path;
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            return ShardFiles.IsPattern(path) ? ShardFiles.ListPattern(path) : throw new FileNotFoundException($"There is no file or folder '{path}'.", path);
        
        // Of a folder with arrays, too, nobody can say which are meant.
        return ShardFiles.ListFolder(path, file => FindFormat(file) ?? (object?)(EmbeddingFiles.IsOne(file) ? nameof(EmbeddingFiles) : null), Extensions);
    }

    /// <summary>The same as specifications of one file each.</summary>
    internal static IReadOnlyList<string> GetShards(string specification) =>
        Split(specification).Member is { } member ? [.. GetFiles(specification).Select(file => $"{file}:{member}")] : GetFiles(specification);

    /// <summary>The files with what they say of themselves.</summary>
    internal static IReadOnlyList<ITableFile> Open(string specification) =>
        [.. GetFiles(specification).Select(file => (FindFormat(file) ?? throw new InvalidDataException($"'{file}' ends like none of {string.Join(", ", Extensions)}.")).Open(file, Split(specification).Member))];

    /// <summary>The field of embeddings that a specification names: the one behind its colon, or the only one of lists.</summary>
    /// <exception cref="InvalidDataException">It has none, or several.</exception>
    internal static string FindVectorField(string specification, ITableFile file)
    {
        if (Split(specification).Member is { } member)
        {
            var field = file.Fields.FirstOrDefault(field => field.Name == member);
            return field.Name is not null && field.IsVector
                ? member
                : throw new InvalidDataException($"'{file.Name}' has {(field.Name is null ? $"no column '{member}'" : $"no lists of numbers in '{member}'")}; it has {Describe(file)}.");
        }

        string[] vectors = [.. file.Fields.Where(field => field is { IsVector: true, Defect: null }).Select(field => field.Name)];
        return vectors.Length == 1
            ? vectors[0]
            : throw new InvalidDataException($"'{file.Name}' has {(vectors.Length == 0 ? "no column" : "several columns")} of lists of numbers: {Describe(file)}.{(vectors.Length == 0 ? "" : $" Name one: {file.Name}:{vectors[0]}")}");
    }

    /// <summary>(N, D) of the embeddings that a specification names.</summary>
    internal static IReadOnlyList<long> ReadShape(string specification)
    {
        var files = Open(specification);
        var field = FindVectorField(specification, files[0]);
        var index = files[0].Fields.Select(candidate => candidate.Name).ToList().IndexOf(field);
        return [files.Sum(file => file.Blocks.Sum(block => block.RowCount)), ((VectorDataViewType)files[0].GetColumnType(index)).Size];
    }

    /// <summary>One column of embeddings.</summary>
    internal static IDataView Load(IHost host, string specification, string columnName, UnusableRows unusableRows)
    {
        var files = Open(specification);
        return new TableDataView(host, files, [(columnName, FindVectorField(specification, files[0]))], unusableRows);
    }

    /// <summary>Columns of tables, and those of a view beside them, as columns of one; their rows belong together.</summary>
    /// <param name="host">For messages.</param>
    /// <param name="files">Each a column's name and what is named. Columns of one table are read together.</param>
    /// <param name="other">A view with more columns.</param>
    /// <param name="otherName">What that is, for messages.</param>
    /// <param name="unusableRows">What becomes of lists of another length.</param>
    /// <exception cref="InvalidDataException">The numbers of rows differ.</exception>
    internal static IDataView Zip(IHost host, IReadOnlyList<(string ColumnName, string Specification)> files, IDataView? other, string otherName, UnusableRows unusableRows)
    {
        var views = new List<(string Name, IDataView View)>();
        foreach (var table in files.GroupBy(file => Split(file.Specification) is var (path, member) && FindFormat(path) is Hdf5Format ? $"{path}:{member}" : path))
        {
            var opened = Open(table.First().Specification);
            views.Add((table.Key, new TableDataView(host, opened, [.. table.Select(file => (file.ColumnName, FindVectorField(file.Specification, opened[0])))], unusableRows)));
        }

        if (other is not null)
            views.Add((otherName, other));
        if (views.FirstOrDefault(view => view.View.GetRowCount() != views[0].View.GetRowCount()) is { View: { } unequal } differing)
        {
            throw new InvalidDataException(
                $"Columns of one data set need as many rows each, but '{views[0].Name}' has {views[0].View.GetRowCount()} and '{differing.Name}' has {unequal.GetRowCount()}.");
        }

        return views.Count == 1 ? views[0].View : ZipDataView.Create(host, [.. views.Select(view => view.View)]);
    }

    /// <summary>The columns of a table.</summary>
    /// <param name="host">For messages.</param>
    /// <param name="specification">A file, a folder, or a pattern.</param>
    /// <param name="columnNames">Which; <see langword="null"/> for all that can be read.</param>
    /// <param name="unusableRows">What becomes of lists of another length.</param>
    internal static IDataView LoadTable(IHost host, string specification, IReadOnlyList<string>? columnNames, UnusableRows unusableRows)
    {
        var files = Open(specification);
        if (columnNames is null)
        {
            using var channel = host.Start("Open table");
            foreach (var field in files[0].Fields.Where(field => field.Defect is not null))
                channel.Warning($"The column '{field.Name}' of '{files[0].Name}' is left out: it has {field.Defect}.");
            columnNames = [.. files[0].Fields.Where(field => field.Defect is null).Select(field => field.Name)];
        }

        return new TableDataView(host, files, [.. columnNames.Select(name => (name, name))], unusableRows);
    }

    /// <summary>Streams columns of a data view into a file of the kind that its ending says.</summary>
    /// <param name="host">For messages.</param>
    /// <param name="data">The data.</param>
    /// <param name="path">The file, which appears when it is complete.</param>
    /// <param name="columnNames">The columns; <see langword="null"/> for all that can be written.</param>
    /// <param name="rowsOfBlock">Rows of a block; <see langword="null"/> for as many as make 4 MB of vectors.</param>
    /// <exception cref="ArgumentException">The ending is of no kind that is written.</exception>
    internal static void Write(IHost host, IDataView data, string path, IReadOnlyList<string>? columnNames, int? rowsOfBlock = null) => TableWriter.Write(
        host, FindFormat(path) ?? throw new ArgumentException($"'{path}' ends like none of {string.Join(", ", Extensions)}.", nameof(path)), data, path, columnNames, rowsOfBlock);

    /// <summary>The path of a specification, and what stands behind the colon after a known ending; a colon elsewhere belongs to the path.</summary>
    internal static (string Path, string? Member) Split(string specification)
    {
        if (File.Exists(specification) || Directory.Exists(specification))
            return (specification, null);
        foreach (var extension in Extensions)
        {
            var at = specification.IndexOf(extension + ":", StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
                return (specification[..(at + extension.Length)], specification[(at + extension.Length + 1)..]);
        }

        var colon = specification.LastIndexOf(':');
        return colon > 0 && Directory.Exists(specification[..colon]) ? (specification[..colon], specification[(colon + 1)..]) : (specification, null);
    }

    private static string Describe(ITableFile file) => string.Join(", ", file.Fields.Take(20).Select(field => field.Name + (field.IsVector ? " (lists)" : ""))) + (file.Fields.Count > 20 ? ", …" : "");

    private static ITableFormat? FindFormat(string path) => _formats.FirstOrDefault(format => format.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));
}
