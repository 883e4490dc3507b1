using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tests.Reporting;

/// <summary>Contrast by WCAG 2.2, and what is left of differences in colour for readers who lack one kind of cone (matrices of Machado, Oliveira and Fernandes, 2009).</summary>
[TestClass]
public class FigureStyleTests
{
    private static readonly FigureRole[] _marks = [FigureRole.First, FigureRole.Second, FigureRole.Matched, FigureRole.Mismatched, FigureRole.Before, FigureRole.After];

    private static readonly double[][] _deficiencies =
    [
        [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
        [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
        [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
    ];

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Colors_OnTheirBackground_HaveEnoughContrast(bool isDark)
    {
        foreach (var role in new[] { FigureRole.Text, FigureRole.Muted, FigureRole.After })
            Assert.IsGreaterThanOrEqualTo(4.5, Contrast(role, FigureRole.Background, isDark), $"{role}, read as text");
        foreach (var role in _marks)
            Assert.IsGreaterThanOrEqualTo(3.0, Contrast(role, FigureRole.Background, isDark), $"{role}, seen as a mark");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Colors_OfTheModalities_DifferForColourBlindReaders(bool isDark)
    {
        foreach (var matrix in _deficiencies)
        {
            var (a, b) = (See(Linear(FigureRole.First, isDark), matrix), See(Linear(FigureRole.Second, isDark), matrix));
            Assert.IsGreaterThan(20.0, Distance(Lab(a), Lab(b)), "CIE76; 2.3 is just noticeable");
        }
    }

    private static double Contrast(FigureRole first, FigureRole second, bool isDark)
    {
        var (a, b) = (Luminance(Linear(first, isDark)), Luminance(Linear(second, isDark)));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(double[] linear) => 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];

    private static double[] Linear(FigureRole role, bool isDark)
    {
        var color = int.Parse(FigureStyle.GetColor(role, isDark).AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return [.. new[] { color >> 16, (color >> 8) & 255, color & 255 }.Select(value => value / 255.0).Select(value => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4))];
    }

    private static double[] See(double[] linear, double[] matrix) =>
        [.. Enumerable.Range(0, 3).Select(row => Math.Clamp(Enumerable.Range(0, 3).Sum(i => matrix[3 * row + i] * linear[i]), 0, 1))];

    private static double[] Lab(double[] rgb)
    {
        static double F(double t) => t > 216.0 / 24389 ? Math.Cbrt(t) : (24389.0 / 27 * t + 16) / 116;
        var x = F((0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505);
        var y = F(Luminance(rgb));
        var z = F((0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089);
        return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
