namespace Microsoft.ML.ModalityGap;

/// <summary>An image file for a <see cref="ModalityGapModel"/>: its path, its content, or a stream of it. Paths, arrays, memory and streams convert to it by themselves.</summary>
/// <remarks>Formats: JPEG, PNG, WebP, GIF, BMP. A stream is read from where it stands to its end when the image is used, so it serves once; it is not closed.</remarks>
/// <example>
/// <code>
/// var vector = model.EmbedImage("photo.jpg");
/// var other = model.EmbedImage(await File.ReadAllBytesAsync("photo.jpg"));
/// </code>
/// </example>
public readonly struct ModelImage : IEquatable<ModelImage>
{
    private readonly object? _source;
    private readonly ReadOnlyMemory<byte> _content;

    private ModelImage(object? source, ReadOnlyMemory<byte> content = default) => (_source, _content) = (source, content);

    /// <summary>The path, where it is known only by that.</summary>
    internal string? Path => _source as string;

    /// <summary>An image file by its path; a relative one is relative to the current directory.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static ModelImage FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new ModelImage(path);
    }

    /// <summary>The content of an image file.</summary>
    /// <param name="content">The bytes; not copied.</param>
    public static ModelImage FromBytes(ReadOnlyMemory<byte> content) => new(null, content);

    /// <summary>A stream of an image file.</summary>
    /// <param name="stream">The stream, read when the image is used.</param>
    public static ModelImage FromStream(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new ModelImage(stream);
    }

    /// <summary>A path; see <see cref="FromFile"/>.</summary>
    /// <param name="path">The path.</param>
    public static implicit operator ModelImage(string path) => FromFile(path);

    /// <summary>The content of an image file; see <see cref="FromBytes"/>.</summary>
    /// <param name="content">The bytes.</param>
    public static implicit operator ModelImage(byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return FromBytes(content);
    }

    /// <summary>The content of an image file; see <see cref="FromBytes"/>.</summary>
    /// <param name="content">The bytes.</param>
    public static implicit operator ModelImage(ReadOnlyMemory<byte> content) => FromBytes(content);

    /// <summary>A stream; see <see cref="FromStream"/>.</summary>
    /// <param name="stream">The stream.</param>
    public static implicit operator ModelImage(Stream stream) => FromStream(stream);

    /// <summary>Whether both are the same path, the same bytes in memory or the same stream.</summary>
    /// <param name="left">One image.</param>
    /// <param name="right">Another.</param>
    public static bool operator ==(ModelImage left, ModelImage right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    /// <param name="left">One image.</param>
    /// <param name="right">Another.</param>
    public static bool operator !=(ModelImage left, ModelImage right) => !left.Equals(right);

    /// <inheritdoc />
    public bool Equals(ModelImage other) => Equals(_source, other._source) && _content.Equals(other._content);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is ModelImage other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_source, _content);

    /// <summary>The path, or how many bytes there are.</summary>
    public override string ToString() => _source switch
    {
        string path => path,
        Stream => "a stream",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_content.Length} bytes"),
    };

    /// <summary>The file's content.</summary>
    internal ReadOnlyMemory<byte> Read()
    {
        switch (_source)
        {
            case string path:
                return ImageFile.Read(path);
            case Stream stream:
                using (var copy = new MemoryStream())
                {
                    stream.CopyTo(copy);
                    return copy.ToArray();
                }

            default:
                return _content;
        }
    }
}
