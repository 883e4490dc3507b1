namespace Microsoft.ML.ModalityGap;

/// <summary>Takes cosines apart, pair by pair, and keeps the sums.</summary>
internal sealed class ScoreExplainer
{
    private readonly ModalityStatistics _image;
    private readonly ModalityStatistics _text;
    private readonly double[] _total;
    private readonly double[] _content;
    private readonly float[] _x;
    private readonly float[] _y;
    private double _imageMeanPart;
    private double _textMeanPart;
    private double _closed;
    private int _count;

    internal ScoreExplainer(ModalityStatistics image, ModalityStatistics text)
    {
        Check(image, nameof(image));
        Check(text, nameof(text));
        if (image.Dimension != text.Dimension)
            throw new ArgumentException($"The image statistics have {image.Dimension} dimensions and the text statistics {text.Dimension}.", nameof(text));
        (_image, _text) = (image, text);
        (_total, _content) = (new double[image.Dimension], new double[image.Dimension]);
        (_x, _y) = (new float[image.Dimension], new float[image.Dimension]);
    }

    internal int Dimension => _x.Length;

    /// <summary>Adds a pair; both have the right length and a direction.</summary>
    internal void Add(ReadOnlySpan<float> image, ReadOnlySpan<float> text)
    {
        RowKernels.Normalize(image, _x);
        RowKernels.Normalize(text, _y);
        double imageMean = 0, textMean = 0, content = 0, squareA = 0, squareB = 0;
        for (var d = 0; d < _x.Length; d++)
        {
            var (mx, my) = (_image.Mean[d], _text.Mean[d]);
            var (a, b) = (_x[d] - mx, _y[d] - my);
            _total[d] += (double)_x[d] * _y[d];
            _content[d] += a * b;
            imageMean += mx * b;
            textMean += a * my;
            content += a * b;
            squareA += a * a;
            squareB += b * b;
        }

        _imageMeanPart += imageMean;
        _textMeanPart += textMean;

        // A row that equals its modality's mean has nothing of its own.
        _closed += squareA > 0 && squareB > 0 ? content / Math.Sqrt(squareA * squareB) : 0;
        _count++;
    }

    internal ScoreExplanation Explain(int dimensionCount)
    {
        var means = new double[_x.Length];
        for (var d = 0; d < means.Length; d++)
            means[d] = _image.Mean[d] * _text.Mean[d];
        var top = Enumerable.Range(0, means.Length).OrderByDescending(d => Math.Abs(_total[d])).Take(dimensionCount);
        return new ScoreExplanation
        {
            Count = _count,
            Cosine = _total.Sum() / _count,
            MeansPart = means.Sum(),
            ImageMeanPart = _imageMeanPart / _count,
            TextMeanPart = _textMeanPart / _count,
            ContentPart = _content.Sum() / _count,
            ClosedCosine = _closed / _count,
            TopDimensions = [.. top.Select(d => new ScoreContribution(d, _total[d] / _count, means[d], _content[d] / _count))],
        };
    }

    private static void Check(ModalityStatistics statistics, string name)
    {
        ArgumentNullException.ThrowIfNull(statistics, name);
        if (!statistics.Normalized)
            throw new ArgumentException($"The {name} statistics are of unnormalised rows; a cosine is taken apart by the means of normalised ones.", name);
    }
}
