namespace Microsoft.ML.ModalityGap;

public sealed partial class ReportFigure
{
    /// <summary>Draws bars in the look of a report: a group of bars per name, one for each series.</summary>
    /// <param name="title">What the figure is about.</param>
    /// <param name="explanation">How to read it.</param>
    /// <param name="series">The names of the series, 1 to 4.</param>
    /// <param name="groups">A name and a value per series; <see langword="null"/> leaves a bar out. Values are not negative.</param>
    /// <param name="maximum">What a bar of full length stands for; <see langword="null"/> for the largest value.</param>
    /// <exception cref="ArgumentException">There are no groups, not 1 to 4 series, or a group has another number of values than there are series.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is negative or not finite, or the maximum is not positive.</exception>
    public static ReportFigure CreateBars(
        string title, string explanation, IReadOnlyList<string> series, IReadOnlyList<(string Name, IReadOnlyList<double?> Values)> groups, double? maximum = null)
    {
        CheckSeries(title, explanation, series?.Count ?? 0, nameof(series));
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count == 0)
            throw new ArgumentException("There is nothing to draw: give at least one group.", nameof(groups));
        if (groups.FirstOrDefault(group => group.Values.Count != series!.Count) is { Name: not null } odd)
            throw new ArgumentException($"The group '{odd.Name}' has {odd.Values.Count} values, but there are {series!.Count} series.", nameof(groups));
        if (groups.SelectMany(group => group.Values).FirstOrDefault(value => value is { } number && !(number >= 0 && double.IsFinite(number))) is { } bad)
            throw new ArgumentOutOfRangeException(nameof(groups), bad, "A bar's value is finite and not negative.");
        if (maximum is { } limit && !(limit > 0 && double.IsFinite(limit)))
            throw new ArgumentOutOfRangeException(nameof(maximum), maximum, "The value of a full bar is positive.");
        return CustomFigures.CreateBars(title, explanation, series!, groups, maximum);
    }

    /// <summary>Draws lines in the look of a report.</summary>
    /// <param name="title">What the figure is about.</param>
    /// <param name="explanation">How to read it.</param>
    /// <param name="xLabel">What is on the horizontal axis.</param>
    /// <param name="yLabel">What is on the vertical axis.</param>
    /// <param name="series">1 to 4 lines: a name and at least one point each, in the order they are joined.</param>
    /// <exception cref="ArgumentException">There are not 1 to 4 series, or one has no point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A coordinate is not finite.</exception>
    public static ReportFigure CreateLines(
        string title, string explanation, string xLabel, string yLabel, params IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> series)
    {
        CheckSeries(title, explanation, series?.Count ?? 0, nameof(series));
        ArgumentNullException.ThrowIfNull(xLabel);
        ArgumentNullException.ThrowIfNull(yLabel);
        foreach (var (name, points) in series!)
        {
            if (points.Count == 0)
                throw new ArgumentException($"The line '{name}' has no point.", nameof(series));
            if (points.Any(point => !double.IsFinite(point.X) || !double.IsFinite(point.Y)))
                throw new ArgumentOutOfRangeException(nameof(series), $"The line '{name}' has a point whose coordinates are not finite.");
        }

        return CustomFigures.CreateLines(title, explanation, xLabel, yLabel, series);
    }

    private static void CheckSeries(string title, string explanation, int count, string parameterName)
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentNullException.ThrowIfNull(explanation);
        if (count < 1 || count > CustomFigures.MaximumSeries)
            throw new ArgumentException($"From 1 to {CustomFigures.MaximumSeries} series can be told apart, but {count} were given.", parameterName);
    }
}
