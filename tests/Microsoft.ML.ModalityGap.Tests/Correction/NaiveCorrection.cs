using Microsoft.ML.ModalityGap.Tests.Retrieval;

namespace Microsoft.ML.ModalityGap.Tests.Correction;

/// <summary>The oracle of corrected scores: every formula in doubles over plain loops, from banks of which row i belongs together.</summary>
internal sealed class NaiveCorrection(SimilarityCorrectionOptions options, int dimension, params float[][] banks)
{
    private readonly double[][][] _banks = [.. banks.Select(bank => NaiveSearch.Rows(bank, dimension, normalizes: true))];

    private readonly Dictionary<(int, int), (double Mean, double Deviation)> _moments = [];

    public bool ArePairs { get; init; } = true;

    /// <summary>(s − bias − m)/d.</summary>
    public double Score(int queryModality, double[] query, int galleryModality, double[] row)
    {
        var (mean, deviation) = Moments(queryModality, galleryModality);
        return (NaiveSearch.Dot(query, row) - Bias(queryModality, row, leftOut: -1) - mean) / deviation;
    }

    public (double Mean, double Deviation) Moments(int queryModality, int galleryModality)
    {
        if (!_moments.TryGetValue((queryModality, galleryModality), out var moments))
            _moments[(queryModality, galleryModality)] = moments = Measure(queryModality, galleryModality);
        return moments;
    }

    private (double Mean, double Deviation) Measure(int queryModality, int galleryModality)
    {
        if (options.Standardization is not { } standardization)
            return (0, 1);
        var (queries, gallery) = (_banks[queryModality], _banks[galleryModality]);
        var leaves = ArePairs && options.LeavePartnersOut && queryModality != galleryModality;
        var (values, falls) = (new List<double>(), new List<double>());
        for (var i = 0; i < queries.Length; i++)
        {
            var own = new List<double>();
            for (var j = 0; j < gallery.Length; j++)
            {
                var similarity = NaiveSearch.Dot(queries[i], gallery[j]);
                if (similarity <= 0.9999 && !(leaves && i == j))
                    own.Add(similarity - Bias(queryModality, gallery[j], leaves ? j : -1));
            }

            if (own.Count == 0)
                continue;
            values.AddRange(standardization.Sample == SimilaritySample.AllSimilarities ? own : [own.Max()]);
            falls.Add(own.Max() - own.OrderDescending().Take(Math.Max(2, (int)Math.Ceiling(own.Count / 5.0))).Average());
        }

        var mean = values.Average();
        return (mean, standardization.OffsetOnly ? 1 : standardization.Sample == SimilaritySample.BestFifth ? falls.Average() : Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }

    public double Bias(int queryModality, double[] row, int leftOut)
    {
        var hubness = options.Hubness;
        var similarities = _banks[queryModality].Select((bank, i) => i == leftOut || NaiveSearch.Dot(bank, row) > 0.9999 ? -1 : NaiveSearch.Dot(bank, row)).ToArray();
        return hubness.Kind switch
        {
            HubnessCorrectionKind.InvertedSoftmax => hubness.Strength * Math.Log(similarities.Average(s => Math.Exp(hubness.InverseTemperature * s))) / hubness.InverseTemperature,
            HubnessCorrectionKind.LocalScaling => hubness.Strength / 2 * similarities.OrderDescending().Take(hubness.Neighbors).Average(),
            _ => 0,
        };
    }
}
