using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.ModalityGap;

/// <summary>Gets at the pixels of a row's image, whatever type the column has. One for each set of getters.</summary>
internal abstract class ClipImageSource
{
    /// <summary>The image's path, where there is one.</summary>
    internal string? Name { get; private protected set; }

    internal abstract ReadOnlySpan<byte> Pixels { get; }

    internal int Width { get; private protected set; }

    internal int Height { get; private protected set; }

    /// <summary>Whether a pixel is blue, green, red, rather than red, green, blue.</summary>
    internal bool BlueFirst { get; private protected set; }

    internal static ClipImageSource Create(DataViewRow row, DataViewSchema.Column column, PreprocessClipImagesOptions options) => column.Type switch
    {
        ImageDataViewType => new FromImage(row.GetGetter<MLImage>(column), options.MaximumPixels),
        TextDataViewType => new FromPath(row.GetGetter<ReadOnlyMemory<char>>(column), options),
        _ => new FromBytes(row.GetGetter<VBuffer<byte>>(column), options),
    };

    /// <summary>Gets the row's value. What fails here has failed before us.</summary>
    internal abstract void Fetch();

    /// <summary>Makes pixels of it.</summary>
    /// <exception cref="InvalidDataException">The image cannot be used. The message is a clause about "it".</exception>
    internal abstract void Load();

    private sealed class FromImage(ValueGetter<MLImage> getter, int maximumPixels) : ClipImageSource
    {
        // Not ours to dispose of: what gave it to us does so, or its owner.
        private MLImage? _image;
        private byte[] _restored = [];
        private bool _isRestored;

        internal override ReadOnlySpan<byte> Pixels => _isRestored ? _restored.AsSpan(0, Width * Height * 4) : _image!.Pixels;

        internal override void Fetch()
        {
            getter(ref _image!);
            Name = _image?.Tag;
        }

        internal override void Load()
        {
            if (_image is null)
                throw new InvalidDataException("there is none");
            (Width, Height) = (_image.Width, _image.Height);
            ClipImageDecoder.CheckSize(Width, Height, maximumPixels);
            BlueFirst = _image.PixelFormat == MLPixelFormat.Bgra32;

            var pixels = _image.Pixels;
            _isRestored = !PixelLayout.IsOpaque(pixels);
            if (!_isRestored)
                return;
            if (_restored.Length < pixels.Length)
                _restored = GC.AllocateUninitializedArray<byte>(pixels.Length);
            PixelLayout.Unpremultiply(pixels, _restored);
        }
    }

    private sealed class FromBytes(ValueGetter<VBuffer<byte>> getter, PreprocessClipImagesOptions options) : ClipImageSource
    {
        private readonly ClipImageDecoder _decoder = new(options.MaximumPixels, options.Preprocessing.ApplyExifOrientation);
        private VBuffer<byte> _bytes;

        internal override ReadOnlySpan<byte> Pixels => _decoder.Pixels;

        internal override void Fetch() => getter(ref _bytes);

        internal override void Load()
        {
            DenseRows.MakeDense(ref _bytes);
            _decoder.Decode(_bytes.GetValues());
            (Width, Height) = (_decoder.Width, _decoder.Height);
        }
    }

    private sealed class FromPath(ValueGetter<ReadOnlyMemory<char>> getter, PreprocessClipImagesOptions options) : ClipImageSource
    {
        private readonly ClipImageDecoder _decoder = new(options.MaximumPixels, options.Preprocessing.ApplyExifOrientation);
        private ReadOnlyMemory<char> _path;
        private byte[] _content = [];

        internal override ReadOnlySpan<byte> Pixels => _decoder.Pixels;

        internal override void Fetch()
        {
            getter(ref _path);
            Name = _path.IsEmpty ? null : options.ImageFolder is null ? _path.ToString() : Path.Combine(options.ImageFolder, _path.ToString());
        }

        internal override void Load()
        {
            if (Name is null)
                throw new InvalidDataException("its path is empty");
            try
            {
                _decoder.Decode(ImageFile.Read(Name, ref _content));
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                throw new InvalidDataException(
                    Name.Contains('\uFFFD', StringComparison.Ordinal)
                        ? "there is no such file; the sign U+FFFD in its name stands for bytes that are no UTF-8, and such files cannot be opened by name: rename it"
                        : "there is no such file",
                    exception);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                throw new InvalidDataException($"it cannot be read: {exception.Message}", exception);
            }

            (Width, Height) = (_decoder.Width, _decoder.Height);
        }
    }
}
