namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Saved models as applications open them: with the encoders in them, or of maps alone beside an encoder folder. Whatever the bytes, the answer is documented.</summary>
internal sealed class ModalityGapModelTarget : FuzzTarget
{
    private readonly EncoderModelTarget _encoders = new();
    private readonly CorrectedModelTarget _maps = new();

    internal override string Name => "modality-gap-model";

    internal override IReadOnlyList<string> Covers => ["ModalityGapModel.Load", "ModalityGapModelOptions.EncoderFolder", "ModalityGapModelOptions.IndexPath", "ModalityGapModelServiceCollectionExtensions.AddModalityGapModel"];

    internal override double Share => 0.15;

    internal override InputShape Shape => ModelShape.Instance;

    internal override IReadOnlyList<byte[]> CreateSeeds() => [.. _encoders.CreateSeeds(), .. _maps.CreateSeeds()];

    internal override void Read(FuzzInput input)
    {
        // Encoders take room; maps alone are smaller.
        var isWhole = input.Bytes.Length > 8_000;
        using var model = ModalityGapModel.Load(input.WriteFile("model.zip"), isWhole ? null : new ModalityGapModelOptions { EncoderFolder = TinyModel.Folder });
        if (model.EmbedsTexts)
            _ = model.EmbedText("a photo of a cat");
        if (model.EmbedsImages)
            _ = model.EmbedImage(ModelImage.FromBytes(ImageTarget.CreatePng(6, 5, 1)));
    }
}
