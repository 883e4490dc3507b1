using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>The pairs that figures are computed on, and what several of them need.</summary>
internal sealed class FidelityData
{
    internal FidelityData(MLContext context, string path)
    {
        Context = context;
        View = context.Data.Cache(context.ModalityGap().LoadFromNpy(path, "Image", "Text"));
        Rows = new[] { "Image", "Text" }.Select(name => View.GetColumn<float[]>(name).Select(Normalize).ToArray()).ToArray();
        Closed = context.Transforms.CenterModalities("Image", "Text").Fit(View).Transform(View);
        ClosedRows = new[] { "Image", "Text" }.Select(name => Closed.GetColumn<float[]>(name).Select(Normalize).ToArray()).ToArray();
    }

    internal MLContext Context { get; }

    /// <summary>The pairs as they are.</summary>
    internal IDataView View { get; }

    /// <summary>The same behind I0T_post fitted on all of them.</summary>
    internal IDataView Closed { get; }

    /// <summary>Per modality its unit rows, in double.</summary>
    internal double[][][] Rows { get; }

    /// <summary>The same behind I0T_post.</summary>
    internal double[][][] ClosedRows { get; }

    internal int Count => Rows[0].Length;

    internal static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    internal static double[] Mean(double[][] rows) => [.. Enumerable.Range(0, rows[0].Length).Select(d => rows.Average(row => row[d]))];

    internal static double[] Normalize(double[] row)
    {
        var norm = Math.Sqrt(Dot(row, row));
        return Array.ConvertAll(row, value => value / norm);
    }

    internal static string Format(double value, string format = "0.000") => value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>What a difference is worth.</summary>
    internal static string Compare(double expected, double actual, double tolerance)
    {
        var difference = Math.Abs(expected - actual);
        return difference <= tolerance ? $"within {Format(tolerance, "0.######")}" : $"differs by {Format(difference, "0.###")}";
    }

    private static double[] Normalize(float[] row) => Normalize(Array.ConvertAll(row, value => (double)value));
}
