using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>The parity certificate of encoders on <c>mlContext.ModalityGap()</c>.</summary>
public static class VerifyEncoderCatalog
{
    /// <summary>
    /// The parity certificate: runs golden images and texts through a model folder's preprocessing, tokenizer and encoders, as
    /// <see cref="EmbedClipImagesEstimator"/> and
    /// <see cref="EmbedClipTextEstimator"/> do, and reports how far pixels, ids and embeddings are from a reference's, so that drift shows, and where it
    /// begins.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="modelFolder">The folder of the model, as public exports lay it out.</param>
    /// <param name="goldenPath">The golden file.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>Per image and text the cosine and the largest difference. What is near enough is the caller's to say; 0.9999 is usual for images, 1e-4 for
    /// texts.</returns>
    /// <remarks>
    /// <para>The golden file is JSON. Of an image <c>image_embeds</c> is needed; <c>pixels_16x16_grid</c> (channel first, every (height ÷ 16)th row and (width
    /// ÷ 16)th column from the first),
    /// <c>pixel_mean</c> and <c>pixel_std</c> (per channel, over all preprocessed pixels, dividing by their number) are compared where they are there. Of a
    /// text <c>text_embeds</c> is needed, and
    /// <c>input_ids</c>, with or without padding, is compared where it is there. Either part may be missing. Made in Python with Hugging Face's transformers,
    /// where <c>m</c> is the
    /// <c>CLIPModel</c> and <c>p</c> its <c>CLIPProcessor</c>:</para>
    /// <code>
    /// def image(f):
    ///     x = p(images=Image.open(f).convert("RGB"), return_tensors="pt").pixel_values; s = x.shape[-1] // 16; g = x[0, :, ::s, ::s][:, :16, :16]
    ///     return {"pixel_mean": x.mean((0, 2, 3)).tolist(), "pixel_std": x.std((0, 2, 3), correction=0).tolist(), "pixels_16x16_grid": g.flatten().tolist(), "image_embeds": m.get_image_features(x)[0].tolist()}
    /// def text(t): b = p(text=[t], padding="max_length", truncation=True, return_tensors="pt"); return {"text": t, "input_ids": b.input_ids[0].tolist(), "text_embeds": m.get_text_features(**b)[0].tolist()}
    /// with torch.no_grad(): golden = {"images": {f: image("images/" + f) for f in os.listdir("images")}, "texts": [text(t) for t in texts]}
    /// json.dump(golden, open("golden.json", "w"))
    /// </code>
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">The model folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">The golden file, an image, or a file of the model is missing.</exception>
    /// <exception cref="InvalidDataException">The golden file is not of this format, is of a model of another dimension, or a file of the model cannot be
    /// read.</exception>
    public static EncoderVerification VerifyEncoder(
        this ModalityGapCatalog catalog, string modelFolder, string goldenPath, EncoderVerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(modelFolder);
        ArgumentException.ThrowIfNullOrEmpty(goldenPath);
        options ??= EncoderVerificationOptions.Default;
        var golden = GoldenFile.Read(goldenPath);
        var imageFolder = options.ImageFolder ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(goldenPath))!, "images");
        return new EncoderVerifier(catalog.Host, modelFolder, options).Verify(golden, imageFolder);
    }
}
