using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Turns images into the pixels that a CLIP-like encoder takes: resized, centre-cropped, rescaled and normalised, channel first.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>Looks at the data to fit</term><description>No</description></item>
/// <item><term>Input column</term><description>
/// an image (<see cref="MLImage"/>), a text (the path of an image file), or a vector of Byte (an image file's content: JPEG, PNG, WebP, GIF, BMP)
/// </description></item>
/// <item><term>Output column</term><description>a vector of Single with the dimensions 3 × height × width</description></item>
/// <item><term>Second output column</term><description>Boolean, whether the image could be used: see <see cref="PreprocessClipImagesOptions.ValidColumnName"/></description></item>
/// <item><term>Exportable to ONNX</term><description>No: the encoder's own graph begins where this ends</description></item>
/// </list>
/// <para>Resampling is Pillow's to the bit: separable, horizontal before vertical, antialiased, in 22-bit fixed point, rounded to 8 bits after each pass. What is cropped off is not
/// computed. Decoders may differ by a level from Pillow's, in JPEG above all.</para>
/// <para>Grey and palette images become RGB; alpha is dropped and not composed with a background, as Pillow's <c>convert("RGB")</c> does it. An <see cref="MLImage"/> holds colours already
/// multiplied by alpha; they are divided by it again, which restores them less exactly the more transparent a pixel is, and not at all (black) where alpha is 0. To have those, too, let this
/// component read paths or bytes.</para>
/// <para>Colour profiles are not applied, only the first frame of an animation is used, and an image cut short is refused as broken.</para>
/// </remarks>
public sealed class PreprocessClipImagesEstimator : IEstimator<PreprocessClipImagesTransformer>
{
    private readonly IHost _host;
    private readonly PreprocessClipImagesTransformer _transformer;

    /// <summary>Creates the estimator; <c>mlContext.Transforms.PreprocessClipImages</c> does the same.</summary>
    /// <param name="env">The environment, such as an <see cref="MLContext"/>.</param>
    /// <param name="outputColumnName">The column of pixels to make.</param>
    /// <param name="inputColumnName">The column of images, paths or bytes; <see langword="null"/> for the output's name.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">A name is empty, or both output columns have the same.</exception>
    public PreprocessClipImagesEstimator(
        IHostEnvironment env, string outputColumnName, string? inputColumnName = null, PreprocessClipImagesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(env);
        _host = env.Register(nameof(PreprocessClipImagesEstimator));
        _transformer = new PreprocessClipImagesTransformer(_host, outputColumnName, inputColumnName ?? outputColumnName, options ?? PreprocessClipImagesOptions.Default);
    }

    /// <summary>Checks the input column. There is nothing to fit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    public PreprocessClipImagesTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ClipImageColumn.Find(_host, input.Schema, _transformer.InputColumnName);
        return _transformer;
    }

    /// <summary>What it makes; nothing is fitted.</summary>
    public override string ToString() => _transformer.ToString().Replace(nameof(PreprocessClipImagesTransformer), nameof(PreprocessClipImagesEstimator), StringComparison.Ordinal);

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ClipImageColumn.Find(_host, inputSchema, _transformer.InputColumnName);
        var result = inputSchema.ToDictionary(column => column.Name, StringComparer.Ordinal);
        result[_transformer.OutputColumnName] = new SchemaShape.Column(
            _transformer.OutputColumnName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false);
        if (_transformer.ValidColumnName is { } valid)
            result[valid] = new SchemaShape.Column(valid, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, isKey: false);
        return new SchemaShape(result.Values);
    }
}
