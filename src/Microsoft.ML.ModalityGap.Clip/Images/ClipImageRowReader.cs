using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads and preprocesses the image of the row a cursor stands on, for all the getters of that cursor. Decodes it once.</summary>
internal sealed class ClipImageRowReader
{
    private readonly IHost _host;
    private readonly DataViewRow _row;
    private readonly string _columnName;
    private readonly bool _skips;
    private readonly ClipImageSource _source;
    private readonly ClipImagePreprocessor _preprocessor;
    private readonly ValueGetter<DataViewRowId> _id;
    // No row: a cursor that has not moved yet must not seem to have been read.
    private long _position = long.MinValue;
    private bool _isValid;
    private long _skipped;
    private string? _firstSkipped;

    internal ClipImageRowReader(IHost host, DataViewRow row, DataViewSchema.Column column, PreprocessClipImagesOptions options)
    {
        _host = host;
        _row = row;
        _columnName = column.Name;
        _skips = options.UnusableRows == UnusableRows.Skip;
        _source = ClipImageSource.Create(row, column, options);
        _preprocessor = new ClipImagePreprocessor(options.Preprocessing);
        _id = row.GetIdGetter();
    }

    /// <summary>Whether the row's image can be used.</summary>
    /// <exception cref="InvalidDataException">It cannot, and unusable rows throw.</exception>
    internal bool IsValid()
    {
        if (_row.Position == _position)
            return _isValid;

        _source.Fetch();
        try
        {
            _source.Load();
            _preprocessor.Plan(_source.Width, _source.Height);
            _isValid = true;
        }
        catch (InvalidDataException exception)
        {
            Reject(exception);
        }

        _position = _row.Position;
        return _isValid;
    }

    /// <summary>The preprocessed pixels of the row; all zero when its image cannot be used.</summary>
    /// <exception cref="InvalidDataException">It cannot, and unusable rows throw.</exception>
    internal void ReadPixels(Span<float> destination)
    {
        if (IsValid())
            _preprocessor.Run(_source.Pixels, _source.Width, _source.Height, _source.BlueFirst, destination);
        else
            destination.Clear();
    }

    /// <summary>Says how many rows could not be used.</summary>
    internal void Finish()
    {
        if (_skipped == 0)
            return;
        using var channel = _host.Start("Preprocess CLIP images");
        channel.Warning($"{_skipped} images could not be used; their pixels are all zero. The first: {_firstSkipped}");
        _skipped = 0;
    }

    private void Reject(InvalidDataException exception)
    {
        _isValid = false;
        DataViewRowId id = default;
        _id(ref id);
        var name = _source.Name is { } path ? $" '{path}'" : "";
        var message = $"Column '{_columnName}', row {id.Low}: the image{name} cannot be used: {exception.Message}.";
        if (!_skips)
            throw new InvalidDataException(message, exception.InnerException ?? exception);
        _skipped++;
        _firstSkipped ??= message;
    }
}
