namespace Microsoft.ML.ModalityGap;

/// <summary>
/// How probable a match is, by its score: p = 1/(1 + exp(−(slope·score + intercept))), for queries of one modality.
/// </summary>
/// <remarks>
/// <para>p is the probability that the best row found, if it has this score, is a match, where half of the queries have a match in the gallery and half have none. A gallery of about as many rows as the fit had is
/// assumed: in a much larger one the best stranger scores higher, and p is too large.</para>
/// <para>Fitted by Platt's method (Platt, Probabilistic outputs for support vector machines, 1999; his smoothed targets), which is finite where matches and strangers are apart altogether.
/// Where scores tell nothing, the slope is 0, and p the share of matches.</para>
/// </remarks>
/// <param name="QueryModality">The modality of the queries.</param>
/// <param name="Slope">Not negative: a larger score is never less probable.</param>
/// <param name="Intercept">The logit at a score of 0.</param>
/// <param name="MatchCount">The number of best rows that were matches, in the fit.</param>
/// <param name="FromPairs">Whether these were known pairs, or rows that are each other's best, where there were none.</param>
public sealed record MatchCalibration(string QueryModality, double Slope, double Intercept, int MatchCount, bool FromPairs)
{
    private const int MaximumSteps = 100;

    /// <summary>The probability of a match.</summary>
    /// <param name="score">The corrected score.</param>
    public double GetProbability(double score) => 1 / (1 + Math.Exp(-(Slope * score + Intercept)));

    /// <summary>Fits the curve by Newton's method.</summary>
    internal static MatchCalibration Fit(string queryModality, IReadOnlyList<double> matches, IReadOnlyList<double> strangers, bool fromPairs)
    {
        // In units of their own deviation, so that no scale of scores is hard.
        double[] scores = [.. matches, .. strangers];
        var mean = scores.Average();
        var deviation = Math.Sqrt(scores.Average(score => (score - mean) * (score - mean)));
        var slope = 0.0;
        var (high, low) = ((matches.Count + 1.0) / (matches.Count + 2.0), 1 / (strangers.Count + 2.0));

        var weight = 1.0 / scores.Length;
        var intercept = Math.Log((matches.Count + 1.0) / (strangers.Count + 1.0));
        for (var step = 0; deviation > 0 && step < MaximumSteps; step++)
        {
            double gradientSlope = 0, gradientIntercept = 0, ss = 1e-12, si = 0, ii = 1e-12;
            for (var i = 0; i < scores.Length; i++)
            {
                var x = (scores[i] - mean) / deviation;
                var target = i < matches.Count ? high : low;
                var p = 1 / (1 + Math.Exp(-(slope * x + intercept)));
                var (error, curvature) = (weight * (p - target), weight * Math.Max(p * (1 - p), 1e-9));
                gradientSlope += error * x;
                gradientIntercept += error;
                ss += curvature * x * x;
                si += curvature * x;
                ii += curvature;
            }

            var determinant = ss * ii - si * si;
            var (slopeStep, interceptStep) = ((ii * gradientSlope - si * gradientIntercept) / determinant, (ss * gradientIntercept - si * gradientSlope) / determinant);
            var size = Math.Max(Math.Abs(slopeStep), Math.Abs(interceptStep));
            var damping = size > 2 ? 2 / size : 1;
            slope -= damping * slopeStep;
            intercept -= damping * interceptStep;
            if (size < 1e-10)
                break;
        }

        return slope > 0 && deviation > 0
            ? new MatchCalibration(queryModality, slope / deviation, intercept - slope * mean / deviation, matches.Count, fromPairs)
            : new MatchCalibration(queryModality, 0, Math.Log((double)matches.Count / strangers.Count), matches.Count, fromPairs);
    }
}
