using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>The similarities of mapped rows, each matrix computed when it is asked for and kept: what all corrections behind one map are measured with.</summary>
internal sealed class PairScores
{
    private static readonly string[] _sides = ["first", "second"];

    private readonly CorrectionPart _part;
    private readonly IReadOnlyList<CorrectionPart> _crossed;

    /// <param name="held">The mapped rows that are queries and gallery.</param>
    /// <param name="bank">The mapped rows that biases are of; <see langword="null"/> where none is.</param>
    /// <param name="crossed">What scales are of.</param>
    /// <param name="arena">Where similarities are.</param>
    internal PairScores(PairSet held, PairSet? bank = null, IReadOnlyList<CorrectionPart>? crossed = null, ArrayArena<float>? arena = null)
    {
        (Held, _crossed) = (held, crossed ?? []);
        _part = ToPart(held, bank ?? held, arena);
    }

    internal PairSet Held { get; }

    /// <summary>Rows to measure, and a bank.</summary>
    internal static CorrectionPart ToPart(PairSet rows, PairSet bank, ArrayArena<float>? arena = null) => new(rows.Dimension, ToRows(rows), ToRows(bank), arena);

    /// <summary>The similarities of all queries of one side with all rows of a side, themselves included where it is their own.</summary>
    internal float[] GetHeld(int query, int gallery) => _part.GetSimilarities(query, gallery);

    /// <summary>The distance of the modalities' means.</summary>
    internal double MeasureGap()
    {
        var means = Enumerable.Range(0, 2).Select(side => ModalityStatistics.FromRows(Held.GetRows(side), Held.Dimension, new ModalityStatisticsOptions { Normalize = false })).ToArray();
        return GapMeasures.Distance(means[0].Mean, means[1].Mean);
    }

    /// <summary>Similarities as they are.</summary>
    internal ScoreView[][] ToViews() => ToViews((query, gallery) => new ScoreView(GetHeld(query, gallery), Held.Count(gallery)));

    /// <summary>What a correction makes of them: (s − bias(g) − m)/d, as <see cref="SimilarityCorrection"/> has it. No row of the bank belongs to a held one.</summary>
    internal ScoreView[][] ToViews(SimilarityCorrectionOptions options)
    {
        var moments = CorrectionFit.Measure(_crossed, _sides, options, options.LeavePartnersOut);
        return ToViews((query, gallery) =>
        {
            var (bias, scale) = (_part.ComputeBias(options.Hubness, query, gallery, leavesOut: false), (float)(1 / moments[query][gallery].Deviation));
            TensorPrimitives.Add(bias, (float)moments[query][gallery].Mean, bias);
            TensorPrimitives.Multiply(bias, scale, bias);
            return new ScoreView(GetHeld(query, gallery), Held.Count(gallery), scale, bias);
        });
    }

    private static ScoreView[][] ToViews(Func<int, int, ScoreView> create) => [.. Enumerable.Range(0, 2).Select(query => Enumerable.Range(0, 2).Select(gallery => create(query, gallery)).ToArray())];

    private static CorrectionRows[] ToRows(PairSet set) => [set.ToCorrectionRows(0), set.ToCorrectionRows(1)];
}
