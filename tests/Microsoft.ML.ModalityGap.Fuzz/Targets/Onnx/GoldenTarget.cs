using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Golden values that an encoder is verified against.</summary>
internal sealed class GoldenTarget : FuzzTarget
{
    internal override string Name => "golden-json";

    internal override IReadOnlyList<string> Covers => ["VerifyEncoderCatalog.VerifyEncoder"];

    internal override double Share => 0.15;

    internal override IReadOnlyList<Type> Documented => [typeof(InvalidDataException), typeof(FileNotFoundException)];

    internal override InputShape Shape { get; } = new TextShape("images", "texts", "image_embeds", "text_embeds", "input_ids", "pixels_16x16_grid", "pixel_mean", "pixel_std", "text", "a.png");

    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        var vector = string.Join(", ", Seeds.Rows(1, Seeds.Dimension, 1).Select(value => value.ToString(CultureInfo.InvariantCulture)));
        return [Encoding.UTF8.GetBytes($$"""{"texts": [{"text": "a cat", "input_ids": [1, 2, 3], "text_embeds": [{{vector}}]}, {"text": "a dog", "text_embeds": [{{vector}}]}]}""")];
    }

    internal override void Read(FuzzInput input) => _ = Seeds.Context.ModalityGap().VerifyEncoder(TinyModel.Folder, input.WriteFile("golden.json")).ToString();
}
