using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The modalities of a command line as data views over their .npy files.</summary>
/// <param name="Names">In the order given.</param>
/// <param name="Paths">The file of each; the same for all with <c>--pair</c>.</param>
/// <param name="Views">A single view with a column per modality, called as it is; or, where their rows are not equally many, a view per modality.</param>
internal sealed record ModalityInput(IReadOnlyList<string> Names, IReadOnlyList<string> Paths, params IReadOnlyList<IDataView> Views)
{
    /// <summary>Whether row i of all modalities belongs together.</summary>
    internal bool IsPaired => Views.Count == 1;

    /// <summary>All modalities, row by row.</summary>
    internal IDataView View => IsPaired ? Views[0] : throw new InvalidOperationException("The modalities have different numbers of rows.");

    /// <summary>The rows of all views.</summary>
    internal long RowCount => Views.Sum(view => view.GetRowCount()!.Value);

    /// <summary>A column per modality.</summary>
    internal DataViewSchema Schema
    {
        get
        {
            var builder = new DataViewSchema.Builder();
            foreach (var name in Names)
                builder.AddColumn(name, Find(name).Type);
            return builder.ToSchema();
        }
    }

    internal int GetDimension(string name) => ((VectorDataViewType)Find(name).Type).Size;

    /// <summary>Which maps the vectors of a modality came through, or <see langword="null"/> where that is not known.</summary>
    internal string? FindFingerprint(string name) => MapFingerprint.Find(Find(name));

    /// <summary>Refuses vectors that lie in different spaces: of different maps, or some mapped and some not.</summary>
    /// <exception cref="InvalidDataException">They do.</exception>
    internal void CheckMaps()
    {
        foreach (var name in Names.Skip(1))
        {
            var (first, second) = (FindFingerprint(Names[0]), FindFingerprint(name));
            MapFingerprint.Check($"'{GetPath(Names[0])}'", first, $"'{GetPath(name)}'", second);
            if (first is null == second is null)
                continue;
            var (mapped, raw) = first is null ? (name, Names[0]) : (Names[0], name);
            throw new InvalidDataException(
                $"The vectors of '{GetPath(mapped)}' came through the maps {first ?? second}, but nothing tells that those of '{GetPath(raw)}' did ('{NpySidecar.GetPath(GetPath(raw))}' would). "
                + "Take both raw, or put both through one model with 'transform'.");
        }
    }

    internal string GetPath(string name) => Paths[Names.ToList().IndexOf(name)];

    /// <summary>The view with the rows of a modality; others may be beside it.</summary>
    internal IDataView GetView(string name) => Views.First(view => view.Schema.GetColumnOrNull(name) is not null);

    internal long GetRowCount(string name) => GetView(name).GetRowCount()!.Value;

    private DataViewSchema.Column Find(string name) => Views.Select(view => view.Schema.GetColumnOrNull(name)).First(column => column is not null)!.Value;
}
