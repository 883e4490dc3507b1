using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Makes CLIP embeddings of images from a model folder laid out as public exports are: <see cref="PreprocessClipImagesEstimator"/> as the folder's
/// <c>preprocessor_config.json</c>, <c>processor_config.json</c> or <c>open_clip_config.json</c> says,
/// then <see cref="EncodeWithOnnxEstimator"/> with its <c>vision_model.onnx</c>, or the image tower of its <c>model.onnx</c>; ONNX files may be in a subfolder
/// <c>onnx</c>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Looks at the data to fit</term><description>No</description></item>
/// <item><term>Input column</term><description>An image, a text (the path of an image file), or a vector of Byte (an image file's content)</description></item>
/// <item><term>Output column</term><description>A vector of Single with the encoder's dimension, as the encoder gives it: not normalised</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// </remarks>
public sealed class EmbedClipImagesEstimator : EmbedClipEstimator
{
    private readonly EmbedClipImagesOptions _options;
    private readonly ClipImagePreprocessing _preprocessing;

    internal EmbedClipImagesEstimator(IHostEnvironment env, string outputColumnName, string? inputColumnName, string modelFolder, EmbedClipImagesOptions options)
        : base(env, nameof(EmbedClipImagesEstimator), outputColumnName, inputColumnName, ClipModelFolder.FindImageEncoder(modelFolder, options.Encoder))
    {
        _options = options;
        var preprocessing = options.Preprocessing ?? ClipModelFolder.ReadPreprocessing(modelFolder);
        _preprocessing = options.ApplyExifOrientation ? preprocessing with { ApplyExifOrientation = true } : preprocessing;
    }

    private protected override (IEstimator<ITransformer> Preparation, IReadOnlyList<OnnxEncoderInput> Inputs) CreatePreparation(string name)
    {
        var inputs = Encoder.GetSignature().Inputs;
        if (inputs is not [{ IsFloatingPoint: true } pixels] || _preprocessing.FollowInput(pixels.Dimensions) is not { } preprocessing)
        {
            throw new InvalidDataException(
                $"An image encoder has one input of pixels, float32 or float16 (batch, 3, height, width) or (batch, height, width, 3), but '{Encoder.ModelPath}' has {string.Join("; ", inputs)}.");
        }

        var column = $"{name}.{pixels.Name}";
        var preparation = new PreprocessClipImagesEstimator(Host, column, InputColumnName, new PreprocessClipImagesOptions
        {
            Preprocessing = preprocessing,
            ImageFolder = _options.ImageFolder,
            UnusableRows = _options.UnusableRows,
            ValidColumnName = _options.UnusableRows == UnusableRows.Skip ? $"{OutputColumnName}.IsValid" : null,
        });
        return (preparation, [new OnnxEncoderInput(pixels.Name, column)]);
    }
}
