using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The rows of a .npy file of one modality, behind a map where there is one.</summary>
internal sealed class MappedRows
{
    private readonly IDataView _view;
    private readonly DataViewSchema.Column _column;
    private readonly EmbeddingMap? _map;
    private readonly int _inputDimension;

    /// <param name="input">The file.</param>
    /// <param name="name">Its modality.</param>
    /// <param name="model">The maps; <see langword="null"/> for the rows as they are.</param>
    internal MappedRows(ModalityInput input, string name, ModelFile? model)
    {
        _view = input.Views.First(view => view.Schema.GetColumnOrNull(name) is not null);
        _column = _view.Schema[name];
        Path = input.GetPath(name);
        _inputDimension = input.GetDimension(name);
        Fingerprint = MapFingerprint.Find(_column);
        if (model is null)
            return;
        MapApplication.Check(input, name, model);
        _map = model.GetMap(name);
        Fingerprint = MapFingerprint.Then(Fingerprint, model.GetFingerprint(name));
    }

    /// <summary>Warns where the map was fitted on these very rows.</summary>
    internal void WarnIfFitted(Session session, ModelFile model)
    {
        var name = _column.Name;
        var transformer = new EmbeddingMapTransformer(session.ML, ModalityColumns.PerColumn(name), [model.GetEntry(name)], model.GetFingerprint(name));
        session.WarnOfFittedRows(transformer.Transform(_view), [name]);
    }

    internal string Path { get; }

    internal int Dimension => _map?.OutputDimension ?? _inputDimension;

    internal long Count => _view.GetRowCount()!.Value;

    /// <summary>The fingerprint of the maps the rows come through, or <see langword="null"/> where it is not known.</summary>
    internal string? Fingerprint { get; }

    /// <summary>Calls <paramref name="action"/> with each row and its number, as the map makes it.</summary>
    internal void ForEach(RowCounter counter, Action<long, float[]> action)
    {
        using var cursor = new WatchedDataView(_view, counter).GetRowCursor([_column]);
        var getter = cursor.GetGetter<VBuffer<float>>(cursor.Schema[_column.Name]);
        VBuffer<float> row = default;
        var mapped = new float[Dimension];
        for (long number = 0; cursor.MoveNext(); number++)
        {
            getter(ref row);
            if (_map is null)
                row.CopyTo(mapped);
            else
                _map.Apply(row.GetValues(), mapped);
            action(number, mapped);
        }
    }

    /// <summary>All rows in one piece of memory. A row that cannot be used is an error, or, where they are skipped, a row of NaN or none.</summary>
    internal float[] Read(RowCounter counter, EmbeddingRows.FindDefect findDefect, bool skipUnusable, bool keepPlaces)
    {
        var values = new List<float>();
        ForEach(counter, (number, row) =>
        {
            var defect = findDefect(row);
            if (defect is not null && !skipUnusable)
                throw CreateException(number, defect);
            if (defect is null || keepPlaces)
                values.AddRange(row);
        });
        return [.. values];
    }

    internal InvalidDataException CreateException(long row, string defect) =>
        new($"{Capitalize(TextLines.NameRow(Path, row, Count))} cannot be used: it holds {defect}. Mend the file, or give --skip-unusable.");

    private static string Capitalize(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
