using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The parity certificate of a model folder: how near its preprocessing, tokenizer and encoders come to golden values of the reference. From
/// <see cref="VerifyEncoderCatalog.VerifyEncoder"/>.
/// </summary>
public sealed class EncoderVerification
{
    internal EncoderVerification(IReadOnlyList<EncoderVerificationItem> images, IReadOnlyList<EncoderVerificationItem> texts)
    {
        Images = images;
        Texts = texts;
    }

    /// <summary>The images, in the order of the golden file.</summary>
    public IReadOnlyList<EncoderVerificationItem> Images { get; }

    /// <summary>The texts, in the order of the golden file.</summary>
    public IReadOnlyList<EncoderVerificationItem> Texts { get; }

    /// <summary>The smallest cosine of an embedding and its golden one.</summary>
    public double SmallestCosine => Images.Concat(Texts).Min(item => item.Cosine);

    /// <summary>The largest absolute difference of an embedding and its golden one in one dimension.</summary>
    public double LargestDifference => Images.Concat(Texts).Max(item => item.LargestDifference);

    /// <summary>A table of all items, and the worst values of all in the last line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"item",-32} {"cosine",11} {"difference",11} {"pixels",11} {"mean, std",11} {"ids",6}");
        foreach (var item in Images.Concat(Texts))
        {
            var name = string.Concat(item.Name.Select(c => char.IsControl(c) ? ' ' : c));
            name = name.Length <= 32 ? name : name[..31] + "…";
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{name,-32} {item.Cosine,11:F7} {item.LargestDifference,11:E2} {Number(item.LargestPixelDifference),11} {Number(item.LargestPixelMeanDifference),11} {Ids(item.SameIds),6}");
        }

        text.Append(CultureInfo.InvariantCulture, $"smallest cosine {SmallestCosine:F7}, largest difference {LargestDifference:E2}");
        return text.ToString();

        static string Number(double? value) => value?.ToString("E2", CultureInfo.InvariantCulture) ?? "";
        static string Ids(bool? same) => same switch { true => "same", false => "differ", null => "" };
    }
}
