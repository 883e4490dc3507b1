namespace Microsoft.ML.ModalityGap;

/// <summary>Both modalities in the plane in which they vary most, partners joined.</summary>
internal static class SpaceFigure
{
    // Modalities are drawn in turns, so that neither hides the other.
    private const int Turns = 8;

    internal static ReportFigure Create(IReadOnlyList<ReportState> states, ModalityGapReportOptions options)
    {
        var (first, second) = (states[0].Metrics.First, states[0].Metrics.Second);
        var clouds = states.Select(state => Cloud.Create(state, options)).ToArray();
        var reach = Math.Max(1e-6, clouds.Max(cloud => cloud.Reach)) * 1.04;
        var scale = AxisScale.Linear(-reach, reach);
        return new ReportFigure(
            "space",
            "Where both modalities lie",
            $"Every mark is one embedding, drawn in the two directions in which both modalities together vary most (principal components, found anew in each picture; same scale in all). "
            + $"A gap shows as two clouds apart; a closed one as clouds in each other. Large rings are the centres. Thin lines join {Markup.Count(clouds[0].Lines.Length)} pairs drawn by lot.",
            new ReportTable(
                "Centres of the clouds in the plane, and how far rows lie from their centre in all dimensions (root mean square)",
                ["cloud", "1st direction", "2nd direction", "spread"],
                [.. clouds.SelectMany(cloud => cloud.Describe(first, second))]),
            [new(first, FigureRole.First, LegendMark.Disc), new(second, FigureRole.Second, LegendMark.Square), new("a pair", FigureRole.Mismatched, LegendMark.Line)],
            [.. clouds.Select(cloud => Draw(cloud, scale, first, second))]);
    }

    private static FigurePanel Draw(Cloud cloud, AxisScale scale, string first, string second)
    {
        var plot = new PlotPanel(
            cloud.State.Name, scale, scale, $"1st direction ({Markup.Percent(cloud.Shares[0])} of the variance)", $"2nd direction ({Markup.Percent(cloud.Shares[1])})", height: 372);
        (double X, double Y) Place((double X, double Y) point) => (plot.X(point.X), plot.Y(point.Y));

        var size = cloud.First.Length > 1_000 ? 3.2 : 4.4;
        for (var turn = 0; turn < Turns; turn++)
        {
            plot.Svg.AddPoints(TakeTurn(cloud.First, turn).Select(Place), FigureRole.First, isRound: true, size, opacity: 0.65);
            plot.Svg.AddPoints(TakeTurn(cloud.Second, turn).Select(Place), FigureRole.Second, isRound: false, size * 0.85, opacity: 0.65);
        }

        plot.Svg.AddSegments(cloud.Lines.Select(i => (Place(cloud.First[i]), Place(cloud.Second[i]))).Select(ends => (ends.Item1.X, ends.Item1.Y, ends.Item2.X, ends.Item2.Y)), FigureRole.Text, width: 0.7, opacity: 0.45);
        var (a, b) = (Place(cloud.FirstCentre), Place(cloud.SecondCentre));
        AddCentre(plot.Svg, a, FigureRole.First);
        AddCentre(plot.Svg, b, FigureRole.Second);

        // Above the upper centre and below the lower one, so that the names do not meet.
        var firstIsUpper = a.Y <= b.Y;
        plot.Svg.AddLabel(a.X, a.Y + (firstIsUpper ? -11 : 20), first, FigureRole.First, "middle");
        plot.Svg.AddLabel(b.X, b.Y + (firstIsUpper ? 20 : -11), second, FigureRole.Second, "middle");
        return plot.ToPanel(
            $"the centres of {first} and {second} are {Markup.Value(cloud.State.Metrics.CentroidDistance)} apart in all dimensions; "
            + $"{Markup.Count(cloud.First.Length)} of {Markup.Count(cloud.State.Pairs.Count)} pairs are drawn.");
    }

    private static void AddCentre(SvgBuilder svg, (double X, double Y) centre, FigureRole role)
    {
        svg.AddPoints([centre], FigureRole.Background, isRound: true, size: 14, opacity: 1);
        svg.AddPoints([centre], role, isRound: true, size: 11, opacity: 1);
        svg.AddPoints([centre], FigureRole.Background, isRound: true, size: 5, opacity: 1);
    }

    private static IEnumerable<(double X, double Y)> TakeTurn((double X, double Y)[] points, int turn) =>
        points.Skip(points.Length * turn / Turns).Take(points.Length * (turn + 1) / Turns - points.Length * turn / Turns);

    /// <summary>The points of one picture.</summary>
    private sealed record Cloud(
        ReportState State,
        (double X, double Y)[] First,
        (double X, double Y)[] Second,
        (double X, double Y) FirstCentre,
        (double X, double Y) SecondCentre,
        IReadOnlyList<double> Shares,
        int[] Lines)
    {
        internal double Reach => First.Concat(Second).Max(point => Math.Max(Math.Abs(point.X), Math.Abs(point.Y)));

        internal static Cloud Create(ReportState state, ModalityGapReportOptions options)
        {
            var pairs = state.Pairs;
            var order = Enumerable.Range(0, pairs.Count).ToArray();
            new Random(options.Seed).Shuffle(order);
            var drawn = order.AsSpan(0, Math.Min(options.PointCount, order.Length)).ToArray();

            var rows = new float[2 * drawn.Length * pairs.Dimension];
            for (var i = 0; i < drawn.Length; i++)
            {
                pairs.GetFirst(drawn[i]).CopyTo(rows.AsSpan(2 * i * pairs.Dimension));
                pairs.GetSecond(drawn[i]).CopyTo(rows.AsSpan((2 * i + 1) * pairs.Dimension));
            }

            var plane = PrincipalPlane.Fit(rows, pairs.Dimension, options.Seed);
            var centres = new[] { ToFloat(state.First.Mean), ToFloat(state.Second.Mean) };
            plane.FaceRightFrom(centres[0]);
            return new Cloud(
                state,
                Array.ConvertAll(drawn, row => plane.Project(pairs.GetFirst(row))),
                Array.ConvertAll(drawn, row => plane.Project(pairs.GetSecond(row))),
                plane.Project(centres[0]),
                plane.Project(centres[1]),
                plane.Shares,
                [.. Enumerable.Range(0, Math.Min(options.PairLineCount, drawn.Length))]);
        }

        internal IEnumerable<IReadOnlyList<string>> Describe(string first, string second) =>
        [
            [$"{State.Name}: {first}", Markup.Value(FirstCentre.X), Markup.Value(FirstCentre.Y), Markup.Value(Math.Sqrt(State.First.TotalVariance))],
            [$"{State.Name}: {second}", Markup.Value(SecondCentre.X), Markup.Value(SecondCentre.Y), Markup.Value(Math.Sqrt(State.Second.TotalVariance))],
        ];

        private static float[] ToFloat(ReadOnlySpan<double> values)
        {
            var result = new float[values.Length];
            System.Numerics.Tensors.TensorPrimitives.ConvertTruncating(values, result);
            return result;
        }
    }
}
