using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Images of the rows a cursor has looked ahead: each place has a copy of its own, since the source disposes its last one when it ends, and whoever asks owns what it gets.</summary>
internal sealed class LookaheadImages(DataViewRow source, DataViewSchema.Column column, int capacity) : LookaheadColumn
{
    private readonly ValueGetter<MLImage> _getter = source.GetGetter<MLImage>(column);
    private readonly MLImage?[] _images = new MLImage?[capacity];
    private MLImage? _current;

    internal override void Read(int index)
    {
        _getter(ref _current!);
        _images[index]?.Dispose();
        _images[index] = Copy(_current);
    }

    internal override Delegate CreateGetter(Func<int> index) => (ValueGetter<MLImage?>)((ref MLImage? value) =>
    {
        value?.Dispose();
        value = Copy(_images[index()]);
    });

    public override void Dispose()
    {
        foreach (var image in _images)
            image?.Dispose();
        Array.Clear(_images);
        _current?.Dispose();
        base.Dispose();
    }

    private static MLImage? Copy(MLImage? image)
    {
        if (image is null)
            return null;
        var copy = MLImage.CreateFromPixels(image.Width, image.Height, image.PixelFormat, image.Pixels);
        copy.Tag = image.Tag;
        return copy;
    }
}
