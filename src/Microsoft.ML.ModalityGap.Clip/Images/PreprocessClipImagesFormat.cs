namespace Microsoft.ML.ModalityGap;

/// <summary>What a <see cref="PreprocessClipImagesTransformer"/> stores in an ML.NET model, inside a <see cref="CheckedBlock"/>.</summary>
/// <remarks>
/// <code>
/// text      output column, text input column
/// text      image folder, empty for none
/// int32     unusable rows
/// text      validity column, empty for the default
/// int32     maximum pixels
/// int32     size, int32 width, int32 height
/// int32     resize mode, int32 resampling, int32 crop rounding
/// double    rescale factor
/// floats    mean (3), floats standard deviation (3)
/// bool      EXIF orientation
/// bool      channels last; since version 2
/// </code>
/// </remarks>
internal static class PreprocessClipImagesFormat
{
    private static readonly BlockSignature _signature = new("MGCI", Version: 2);

    internal static void Write(Stream stream, string output, string input, PreprocessClipImagesOptions options) =>
        CheckedBlock.Write(stream, _signature, writer =>
        {
            writer.WriteText(output);
            writer.WriteText(input);
            writer.WriteText(options.ImageFolder ?? "");
            writer.Write((int)options.UnusableRows);
            writer.WriteText(options.ValidColumnName ?? "");
            writer.Write(options.MaximumPixels);

            var preprocessing = options.Preprocessing;
            writer.Write(preprocessing.Size);
            writer.Write(preprocessing.Width);
            writer.Write(preprocessing.Height);
            writer.Write((int)preprocessing.ResizeMode);
            writer.Write((int)preprocessing.Resampling);
            writer.Write((int)preprocessing.CropRounding);
            writer.Write(preprocessing.RescaleFactor);
            WriteRgb(writer, preprocessing.Mean);
            WriteRgb(writer, preprocessing.StandardDeviation);
            writer.Write(preprocessing.ApplyExifOrientation);
            writer.Write(preprocessing.ChannelsLast);
        });

    internal static (string Output, string Input, PreprocessClipImagesOptions Options) Read(Stream stream)
    {
        var reader = CheckedBlock.Read(stream, _signature, "CLIP image preprocessing");
        var (output, input) = (reader.ReadText(), reader.ReadText());
        try
        {
            var options = new PreprocessClipImagesOptions
            {
                ImageFolder = EmptyToNull(reader.ReadText()),
                UnusableRows = (UnusableRows)reader.ReadInt32(),
                ValidColumnName = EmptyToNull(reader.ReadText()),
                MaximumPixels = reader.ReadInt32(),
                Preprocessing = ReadPreprocessing(reader),
            };
            reader.ExpectEnd();
            return (output, input, options);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"The stored CLIP image preprocessing is damaged: {exception.Message}", exception);
        }
    }

    private static ClipImagePreprocessing ReadPreprocessing(BlockReader reader)
    {
        var result = new ClipImagePreprocessing { Size = reader.ReadInt32() };
        var (width, height) = (reader.ReadInt32(), reader.ReadInt32());

        // What follows Size goes on following it.
        if (width != result.Size)
            result = result with { Width = width };
        if (height != result.Size)
            result = result with { Height = height };
        return result with
        {
            ResizeMode = (ClipResizeMode)reader.ReadInt32(),
            Resampling = (ClipResampling)reader.ReadInt32(),
            CropRounding = (ClipCropRounding)reader.ReadInt32(),
            RescaleFactor = reader.ReadDouble(),
            Mean = ReadRgb(reader),
            StandardDeviation = ReadRgb(reader),
            ApplyExifOrientation = reader.ReadBoolean(),
            ChannelsLast = reader.Version >= 2 && reader.ReadBoolean(),
        };
    }

    private static void WriteRgb(BinaryWriter writer, RgbValues values) => writer.WriteFloats([values.Red, values.Green, values.Blue]);

    private static RgbValues ReadRgb(BlockReader reader) => reader.ReadFloats() is [var red, var green, var blue]
        ? new RgbValues(red, green, blue)
        : throw new InvalidDataException("The stored CLIP image preprocessing is damaged: three values are expected per colour.");

    private static string? EmptyToNull(string text) => text.Length == 0 ? null : text;
}
