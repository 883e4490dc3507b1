namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A saved model with encoders of images and texts, their preprocessing and tokenizer in it.</summary>
internal sealed class EncoderModelTarget : TransformerTarget
{
    internal override string Name => "model-encoders";

    internal override double Share => 0.15;

    protected override IDataView Data { get; } = Seeds.Context.Data.LoadFromEnumerable(
        Enumerable.Range(0, 3).Select(i => new Item { Picture = ImageTarget.CreatePng(6, 5, i), Words = $"a photo of {i} cats" }).ToArray());

    protected override ITransformer Fit() => Seeds.Context.Transforms.EmbedClipImages(nameof(Seeds.Pair.Image), nameof(Item.Picture), TinyModel.Folder)
        .Append(Seeds.Context.Transforms.EmbedClipText(nameof(Seeds.Pair.Text), nameof(Item.Words), TinyModel.Folder))
        .Append(Seeds.Context.Transforms.CenterModalities(nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Text)))
        .Fit(Data);

    private sealed class Item
    {
        public byte[] Picture { get; set; } = [];

        public string Words { get; set; } = "";
    }
}
