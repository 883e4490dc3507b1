namespace Microsoft.ML.ModalityGap;

/// <summary>
/// How probable a match is, by its score: p = 1/(1 + exp(−(slope·score + intercept))), for queries of one modality.
/// </summary>
/// <remarks>
/// <para>p is the probability that a row with this score is the query's match rather than the best of the rows that are not, both being as likely beforehand, in a gallery of about as many rows
/// as it was fitted on. In a much larger gallery the best stranger scores higher, and p is too large.</para>
/// <para>Fitted by Platt's method (Platt, Probabilistic outputs for support vector machines, 1999; his smoothed targets), which is finite where matches and strangers are apart altogether.
/// Where scores tell nothing, the slope is 0 and p is ½.</para>
/// </remarks>
/// <param name="QueryModality">The modality of the queries.</param>
/// <param name="Slope">Not negative: a larger score is never less probable.</param>
/// <param name="Intercept">The logit at a score of 0.</param>
/// <param name="MatchCount">The number of matches it was fitted on.</param>
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

        // Both sides weigh alike, however many each has.
        var (matchWeight, strangerWeight) = (0.5 / matches.Count, 0.5 / strangers.Count);
        var intercept = Math.Log((high + low) / (2 - high - low));
        for (var step = 0; deviation > 0 && step < MaximumSteps; step++)
        {
            double gradientSlope = 0, gradientIntercept = 0, ss = 1e-12, si = 0, ii = 1e-12;
            for (var i = 0; i < scores.Length; i++)
            {
                var x = (scores[i] - mean) / deviation;
                var (target, weight) = i < matches.Count ? (high, matchWeight) : (low, strangerWeight);
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
            : new MatchCalibration(queryModality, 0, 0, matches.Count, fromPairs);
    }
}
