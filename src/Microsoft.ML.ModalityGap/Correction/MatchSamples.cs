using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Corrected scores of best rows that are matches, and of best rows that are not, per modality of queries: what calibration is fitted on.</summary>
/// <remarks>
/// Each query counts twice: in the gallery as it is, where its best row is the match or a stranger, and in the gallery without its match, where it is a stranger. The strangers of a query are those of all parts that hold
/// it, so that the gallery is as large as the banks although a part holds half of them.
/// </remarks>
internal static class MatchSamples
{
    /// <summary>Fits a calibration per modality that has matches and strangers.</summary>
    /// <param name="correction">What scores.</param>
    /// <param name="parts">The rows that are scored.</param>
    /// <param name="fromPairs">Whether rows of one item are known to match.</param>
    internal static IReadOnlyList<MatchCalibration> Fit(SimilarityCorrection correction, IReadOnlyList<CorrectionPart> parts, bool fromPairs)
    {
        var calibrations = new List<MatchCalibration>();
        for (var query = 0; query < correction.Modalities.Count; query++)
        {
            var (matches, strangers) = (new List<double>(), new List<double>());
            for (var gallery = 0; gallery < correction.Modalities.Count; gallery++)
            {
                if (gallery != query)
                    Add(correction, parts, query, gallery, matches, strangers);
            }

            if (matches.Count > 0 && strangers.Count > 0)
                calibrations.Add(MatchCalibration.Fit(correction.Modalities[query], matches, strangers, fromPairs));
        }

        return calibrations;
    }

    private static void Add(SimilarityCorrection correction, IReadOnlyList<CorrectionPart> parts, int query, int gallery, List<double> matches, List<double> strangers)
    {
        var moments = correction.GetMoments(correction.Modalities[query], correction.Modalities[gallery]);
        var best = new Dictionary<int, (float Stranger, List<float> Matches)>();
        foreach (var part in parts)
        {
            // Partners in a bank are left out whatever the options say: those of new rows are in none.
            var bias = part.ComputeBias(correction.Hubness, query, gallery, leavesOut: true);
            var line = new float[bias.Length];
            var own = part.Rows[query];
            for (var row = 0; row < own.Items.Length; row++)
            {
                part.Score(query, gallery, row, bias, leavesOut: false, line);
                var (match, number) = (float.NegativeInfinity, own.Numbers[row]);
                foreach (var partner in part.GetRowsOf(gallery, own.Items[row]))
                {
                    match = Math.Max(match, line[partner]);
                    line[partner] = float.NegativeInfinity;
                }

                var known = best.TryGetValue(number, out var entry) ? entry : (Stranger: float.NegativeInfinity, Matches: []);
                if (float.IsFinite(match))
                    known.Matches.Add(match);
                best[number] = (line.Length == 0 ? known.Stranger : Math.Max(known.Stranger, TensorPrimitives.Max<float>(line)), known.Matches);
            }
        }

        double Scale(float score) => (score - moments.Mean) / moments.Deviation;
        foreach (var (stranger, found) in best.Values.Where(entry => float.IsFinite(entry.Stranger)))
        {
            // A query without a known match has found a stranger, too.
            foreach (var match in found.Count > 0 ? found : [float.NegativeInfinity])
            {
                if (match > stranger)
                    matches.Add(Scale(match));
                else
                    strangers.Add(Scale(stranger));
                strangers.Add(Scale(stranger));
            }
        }
    }
}
