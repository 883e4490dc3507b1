using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Brings two modalities together without pairs: centres both, and rotates one so that its rows as a whole lie where those of the other do (Wasserstein Procrustes).</summary>
/// <remarks>
/// <para>With x̃ ∝ x̂ − μ_x and ỹ ∝ ŷ − μ_y of drawn rows: by turns P = argmax Σ P_ij ⟨Rx̃_i, ỹ_j⟩ − ε Σ P_ij ln P_ij with equal sums of all rows and of all columns (Sinkhorn), and R = VUᵀ of
/// USVᵀ = (1−γ) Σ P_ij x̃_i ỹ_jᵀ + γI/d, from R = I on; ε is halved from 8ε in the first turns. The maps are x' ∝ R(x̂ − μ_x) and y' ∝ ŷ − μ_y.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, a pass for the means and one that draws n rows; then O(n²d + nd² + d³) a turn. Pairs are not needed</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/> of exactly two modalities with the same number of dimensions</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with the same number of dimensions</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes; a matrix for the modality that is rotated</description></item>
/// </list>
/// <para>Helps where pairs are missing and both modalities show the same things equally often, but are turned against each other. Hurts where they show different things: the transport pairs what is there.
/// Encoders that were trained together hardly turn; there it costs a little recall beside <see cref="CenterModalitiesEstimator"/> (docs/methods.md), and much with less shrinkage. It finds the next of several solutions, so a space must not be turned too far.</para>
/// <para>Degenerate: modalities with fewer than 2 usable rows are refused. A row that is its modality's mean maps to zero.</para>
/// <para>Source: Grave, Joulin, Berthet, Unsupervised Alignment of Embeddings with Wasserstein Procrustes, AISTATS 2019 (arXiv 1805.11222); Cuturi, Sinkhorn Distances, NIPS 2013 (arXiv 1306.0895).</para>
/// </remarks>
public sealed class TransportModalitiesEstimator : EmbeddingMapEstimator
{
    /// <summary>How soft the first turn's transport is, in ε.</summary>
    private const double FirstSoftness = 8;

    /// <summary>The mean square change of the rotation's entries, times d, below which it stands still.</summary>
    private const double Still = 1e-8;

    private readonly TransportModalitiesOptions _options;

    internal TransportModalitiesEstimator(IHostEnvironment env, ModalityColumns columns, TransportModalitiesOptions? options)
        : base(env, nameof(TransportModalitiesEstimator), columns, options ??= TransportModalitiesOptions.Default)
    {
        TwoModalities.Check(columns, nameof(TransportModalitiesEstimator));
        _options = options;
    }

    internal override IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source)
    {
        var statistics = source.GetStatistics(ModalityMoments.Mean);
        TwoModalities.Check(source, sameDimension: true);
        var target = ModalityNames.Find(source, _options.Towards, nameof(TransportModalitiesOptions.Towards)) ?? 1;
        var sample = source.Sample(_options.SampleCount, _options.Seed);
        var rows = sample.Rows.Select((values, i) => CenterAndNormalize(values, statistics[i].Mean)).ToArray();
        var d = statistics[0].Dimension;
        var rotation = FindRotation(rows[1 - target], rows[target], d);
        return [.. statistics.Select((own, i) => MapSteps.Create(
            _options, d, [MapSteps.Translate(own.Mean, -1), .. i == target ? Array.Empty<EmbeddingMapStep>() : [MapSteps.Project(rotation, d)]]))];
    }

    /// <summary>R, row-major, of x' = Rx.</summary>
    private double[] FindRotation(double[] x, double[] y, int d)
    {
        var (n, m) = (x.Length / d, y.Length / d);
        var (xTransposed, yTransposed) = (DoubleMatrix.Transpose(x, n), DoubleMatrix.Transpose(y, m));
        var rotated = x;
        var rotation = Array.Empty<double>();
        for (var turn = 0; turn < _options.Iterations; turn++)
        {
            var epsilon = _options.Regularization * Math.Max(1, FirstSoftness * Math.Pow(2, -turn));
            var plan = OptimalTransport.Solve(DoubleMatrix.Multiply(rotated, yTransposed, n), n, epsilon);
            var cross = DoubleMatrix.Multiply(xTransposed, DoubleMatrix.Multiply(plan, y, n), d);
            var goal = cross.Select(value => (1 - _options.Shrinkage) * value).ToArray();
            var before = rotation;
            rotation = FindOrthogonal(DoubleMatrix.AddDiagonal(goal, d, _options.Shrinkage / d), d);
            if (epsilon <= _options.Regularization && before.Length > 0 && before.Zip(rotation, (a, b) => (a - b) * (a - b)).Sum() < Still * d)
                break;
            rotated = DoubleMatrix.Multiply(x, DoubleMatrix.Transpose(rotation, d), n);
        }

        return rotation;
    }

    /// <summary>VUᵀ of G = USVᵀ: the rotation with the greatest tr RG.</summary>
    private static double[] FindOrthogonal(double[] goal, int d)
    {
        // Row-major memory read column by column is Gᵀ = VSUᵀ.
        var decomposition = Matrix<double>.Build.Dense(d, d, goal).Svd();
        return DoubleMatrix.Multiply(decomposition.U.ToRowMajorArray(), decomposition.VT.ToRowMajorArray(), d);
    }

    private static double[] CenterAndNormalize(float[] rows, ReadOnlySpan<double> mean)
    {
        var d = mean.Length;
        var result = Array.ConvertAll(rows, value => (double)value);
        for (var first = 0; first < result.Length; first += d)
        {
            var row = result.AsSpan(first, d);
            TensorPrimitives.Subtract(row, mean, row);
            var norm = TensorPrimitives.Norm<double>(row);
            if (norm > 0)
                TensorPrimitives.Divide(row, norm, row);
        }

        return result;
    }
}
