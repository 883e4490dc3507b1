namespace Microsoft.ML.ModalityGap;

/// <summary>Rows that follow each other.</summary>
/// <param name="First">The number of the first.</param>
/// <param name="Count">How many.</param>
internal readonly record struct RowRange(long First, long Count)
{
    internal long End => First + Count;

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{First}..{End - 1}");

    /// <summary>Ranges in order, those that touch joined.</summary>
    internal static IReadOnlyList<RowRange> Join(IEnumerable<RowRange> ranges)
    {
        var joined = new List<RowRange>();
        foreach (var range in ranges.Where(range => range.Count > 0).OrderBy(range => range.First))
        {
            if (joined.Count > 0 && joined[^1].End == range.First)
                joined[^1] = joined[^1] with { Count = joined[^1].Count + range.Count };
            else
                joined.Add(range);
        }

        return joined;
    }

    /// <summary>The rows from 0 to the end of all that are in no range.</summary>
    internal static IReadOnlyList<RowRange> FindGaps(IReadOnlyList<RowRange> joined, long? total)
    {
        var (gaps, at) = (new List<RowRange>(), 0L);
        foreach (var range in joined)
        {
            if (range.First > at)
                gaps.Add(new RowRange(at, range.First - at));
            at = range.End;
        }

        if (total > at)
            gaps.Add(new RowRange(at, total.Value - at));
        return gaps;
    }
}
