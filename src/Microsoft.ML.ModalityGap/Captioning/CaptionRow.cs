using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>The cosines of a cursor's current row, between image, caption and references; computed once however many columns ask for them.</summary>
internal sealed class CaptionRow
{
    private readonly DataViewRow _row;
    private readonly UnitVector _image;
    private readonly UnitVector _text;
    private readonly (string Name, ValueGetter<VBuffer<float>> Get)[] _references;
    private readonly EmbeddingMap? _textMap;
    private VBuffer<float> _reference;
    private float[] _unit = [];
    private string? _undirectedReference;
    private long _position = -1;

    internal CaptionRow(DataViewRow row, CaptionColumns columns, ScoreCaptionsOptions options, bool needsReferences)
    {
        _row = row;
        _textMap = options.TextMap;
        _image = new UnitVector(row, columns.Image, options.ImageMap);
        _text = new UnitVector(row, columns.Text, options.TextMap);
        _references = needsReferences ? [.. columns.References.Select(column => (column.Name, row.GetGetter<VBuffer<float>>(column)))] : [];
    }

    /// <summary>NaN where a row has no direction.</summary>
    internal double Cosine { get; private set; }

    /// <summary>With the nearest reference; NaN where there is none, or one has no direction.</summary>
    internal double ReferenceCosine { get; private set; }

    /// <summary>Which of image, caption and references has no direction; <see langword="null"/> where all have one.</summary>
    internal string? FindUndirected() => !_image.HasDirection ? _image.Name : !_text.HasDirection ? _text.Name : _undirectedReference;

    internal CaptionRow Update()
    {
        if (_position == _row.Position && _position >= 0)
            return this;
        var image = _image.Read();
        var text = _text.Read();
        if (image.Length != text.Length)
        {
            throw new InvalidDataException(
                $"Row {RowNumbers.Get(_row)}: only embeddings of one space can be compared, but '{_image.Name}' has {image.Length} dimensions and '{_text.Name}' {text.Length}.");
        }

        Cosine = Dot(image, text);
        ReferenceCosine = FindNearestReference(text);
        _position = _row.Position;
        return this;
    }

    private double FindNearestReference(ReadOnlySpan<float> text)
    {
        var best = double.NaN;
        foreach (var (name, get) in _references)
        {
            get(ref _reference);
            DenseRows.MakeDense(ref _reference);
            var dimension = _textMap?.InputDimension ?? text.Length;
            if (_reference.Length % dimension != 0)
                throw new InvalidDataException($"Column '{name}', row {RowNumbers.Get(_row)}, has {_reference.Length} values, which is no whole number of references of {dimension} dimensions.");
            if (_unit.Length != text.Length)
                _unit = new float[text.Length];
            for (var at = 0; at < _reference.Length; at += dimension)
            {
                UnitVector.Fill(_reference.GetValues().Slice(at, dimension), _textMap, _unit);
                var cosine = Dot(_unit, text);
                if (double.IsNaN(cosine))
                {
                    _undirectedReference = name;
                    return double.NaN;
                }

                best = double.IsNaN(best) ? cosine : Math.Max(best, cosine);
            }
        }

        return best;
    }

    private static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum += (double)x[i] * y[i];
        return sum;
    }

    /// <summary>A column's current row, mapped and normalised; NaN throughout where it has no direction.</summary>
    private sealed class UnitVector(DataViewRow row, DataViewSchema.Column column, EmbeddingMap? map)
    {
        private readonly ValueGetter<VBuffer<float>> _getter = row.GetGetter<VBuffer<float>>(column);
        private VBuffer<float> _source;
        private float[] _unit = [];

        internal string Name => column.Name;

        internal bool HasDirection => !float.IsNaN(_unit[0]);

        internal ReadOnlySpan<float> Read()
        {
            _getter(ref _source);
            if (map is not null && _source.Length != map.InputDimension)
                throw new InvalidDataException($"Column '{column.Name}', row {RowNumbers.Get(row)}: the map takes {map.InputDimension} dimensions, but the row has {_source.Length}.");
            DenseRows.MakeDense(ref _source);
            var length = map?.OutputDimension ?? _source.Length;
            if (_unit.Length != length)
                _unit = new float[length];
            Fill(_source.GetValues(), map, _unit);
            return _unit;
        }

        internal static void Fill(ReadOnlySpan<float> source, EmbeddingMap? map, Span<float> unit)
        {
            if (map is null)
                source.CopyTo(unit);
            else
                map.ApplyRow(source, unit);
            RowKernels.Normalize(unit, unit);
            if (!(RowKernels.SquaredNorm(unit) > 0.5f))
                unit.Fill(float.NaN);
        }
    }
}

/// <summary>The columns that caption scores are made of, found in a schema.</summary>
internal sealed record CaptionColumns(DataViewSchema.Column Image, DataViewSchema.Column Text, IReadOnlyList<DataViewSchema.Column> References)
{
    internal IEnumerable<DataViewSchema.Column> All => [Image, Text, .. References];

    /// <summary>Whether both columns say that their vectors came through a map.</summary>
    internal bool CameThroughMaps => MapFingerprint.Find(Image) is not null && MapFingerprint.Find(Text) is not null;

    /// <exception cref="ArgumentOutOfRangeException">A column is missing, has another type, or another dimension than its map or the other column.</exception>
    /// <exception cref="InvalidDataException">The columns are known to have come through different maps.</exception>
    internal static CaptionColumns Find(IExceptionContext context, DataViewSchema schema, string image, string text, ScoreCaptionsOptions options)
    {
        var first = EmbeddingColumns.Find(context, schema, image, options.ImageMap?.InputDimension);
        var dimension = options.ImageMap?.OutputDimension ?? ((VectorDataViewType)first.Type).Size;
        var second = EmbeddingColumns.Find(context, schema, text, options.TextMap?.InputDimension ?? (dimension == 0 ? null : dimension));
        var references = options.ReferenceColumnNames.Select(name => EmbeddingColumns.Find(context, schema, name)).ToArray();
        if (options.ImageMap is null == options.TextMap is null)
            MapFingerprint.Check(first, second);
        foreach (var reference in references)
            MapFingerprint.Check(second, reference);
        return new CaptionColumns(first, second, references);
    }
}
