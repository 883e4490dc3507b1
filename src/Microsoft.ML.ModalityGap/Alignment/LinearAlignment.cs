using MathNet.Numerics.LinearAlgebra;

namespace Microsoft.ML.ModalityGap;

/// <summary>The matrices of <see cref="AlignModalitiesEstimator"/>, from covariances.</summary>
internal sealed class LinearAlignment(AlignModalitiesOptions options, int? target, bool towardsIdentity)
{
    /// <summary>Per modality the matrix M of x' = M(x̂−μ), row-major; <see langword="null"/> where the embeddings stay in their place.</summary>
    /// <param name="pairs">What to fit on.</param>
    /// <param name="spectra">Of both modalities' covariances.</param>
    /// <param name="shrinkage">γ.</param>
    /// <param name="source">Where they are from, if that may keep what does not depend on γ.</param>
    internal (double[]? First, double[]? Second) Fit(PairStatistics pairs, IReadOnlyList<SymmetricSpectrum> spectra, double shrinkage, MapFitSource? source = null)
    {
        if (options.Method == AlignmentMethod.Cca)
            return FitCca(pairs.GetCrossCovariances(), spectra, shrinkage);

        var (sides, whitened) = source is null ? Whiten(pairs, spectra) : source.Share($"whitened {options.Whitening}", () => Whiten(pairs, spectra));
        var first = target == 0 ? null : FitSide(sides[0], whitened, shrinkage);
        var second = target == 1 ? null : FitSide(sides[1], DoubleMatrix.Transpose(whitened, pairs.FirstDimension), shrinkage);
        return (first is null ? sides[0].Matrix : Finish(first, sides[0]), second is null ? sides[1].Matrix : Finish(second, sides[1]));
    }

    /// <summary>What the matrices of a ridge drawn towards the identity, half the way from each side, make of rows, normalised: ½(I + W)ᵀ of the whitened rows, without making W.</summary>
    internal static IReadOnlyList<float[]> MapRows(SpectralPairs pairs, double? whitening, double shrinkage)
    {
        var sides = Array.ConvertAll(pairs.Sides, rows => new Side(rows.Spectrum, whitening, makesMatrix: false));
        return [.. pairs.Sides.Select((rows, i) =>
        {
            // Wᵀx = γvA⁻¹x + (1−γ)C_yx A⁻¹x, with x whitened and A = (1−γ)C_x + γvI: factors in x's own directions, and a part in those of the other side.
            var (own, other) = (sides[i], sides[1 - i]);
            var inverse = own.CreateInverse(shrinkage);
            var mapped = rows.Apply(value => (1 + shrinkage * own.MeanVariance * inverse(value)) * own.GetFactor(value) / 2);
            var coordinates = rows.Scale(rows.Coordinates, rows.GetFactors(value => (1 - shrinkage) / 2 * own.GetFactor(value) * own.GetFactor(value) * inverse(value)));
            var target = pairs.Sides[1 - i];
            target.AddDirections(target.Scale(pairs.Cross(coordinates, i), target.GetFactors(other.GetFactor)), mapped);
            return RowKernels.NormalizeAll(mapped, rows.Spectrum.Dimension);
        })];
    }

    private WhitenedPairs Whiten(PairStatistics pairs, IReadOnlyList<SymmetricSpectrum> spectra)
    {
        var sides = new[] { pairs.First, pairs.Second }.Select((statistics, i) => new Side(spectra[i], options.Whitening?.Resolve(statistics, spectra[i]))).ToArray();
        return new WhitenedPairs(sides, sides[1].ApplyRight(sides[0].ApplyLeft(pairs.GetCrossCovariances())));
    }

    /// <summary>
    /// How far the mean product of partners stands above that of strangers, in standard deviations of the latter: tr C_x'y' / √tr(C_x'C_y') of mapped pairs; 0 where nothing is left of them. It goes with
    /// recall, and takes covariances only.
    /// </summary>
    internal static double Score(PairStatistics pairs, (double[]? First, double[]? Second) matrices)
    {
        var cross = pairs.GetCrossCovariances();
        var (d1, d2) = (pairs.FirstDimension, pairs.SecondDimension);
        var left = matrices.First is { } first ? DoubleMatrix.Multiply(first, cross, first.Length / d1) : cross;
        var right = matrices.Second ?? DoubleMatrix.AddDiagonal(new double[d2 * d2], d2, 1);
        var spread = DoubleMatrix.TraceOfProduct(Map(pairs.First, matrices.First), Map(pairs.Second, matrices.Second));
        return spread > 0 ? DoubleMatrix.TraceOfProduct(left, right) / Math.Sqrt(spread) : 0;
    }

    /// <summary>The covariance behind the matrix: MCMᵀ.</summary>
    private static double[] Map(ModalityStatistics statistics, double[]? matrix)
    {
        var covariance = statistics.GetCovariances();
        if (matrix is null)
            return covariance;
        var rows = matrix.Length / statistics.Dimension;
        return DoubleMatrix.Multiply(DoubleMatrix.Multiply(matrix, covariance, rows), DoubleMatrix.Transpose(matrix, rows), rows);
    }

    /// <summary>Wᵀ of the whitened embeddings.</summary>
    private double[] FitSide(Side side, double[] cross, double shrinkage)
    {
        var d = side.Dimension;
        var outputs = cross.Length / d;
        var goal = cross.Select(value => (1 - shrinkage) * value).ToArray();
        if (towardsIdentity)
            DoubleMatrix.AddDiagonal(goal, d, shrinkage * side.MeanVariance);
        double[] w;
        if (options.Method == AlignmentMethod.Procrustes)
        {
            // Row-major memory read column by column is the transpose, whose decomposition is VSUᵀ.
            var decomposition = Matrix<double>.Build.Dense(outputs, d, goal).Svd();
            w = DoubleMatrix.Multiply(
                decomposition.VT.SubMatrix(0, Math.Min(d, outputs), 0, d).Transpose().ToRowMajorArray(),
                decomposition.U.SubMatrix(0, outputs, 0, Math.Min(d, outputs)).Transpose().ToRowMajorArray(),
                d);
        }
        else
        {
            w = DoubleMatrix.Multiply(side.Invert(shrinkage), goal, d);
        }

        if (target is null)
            w = DoubleMatrix.AddDiagonal(w.Select(value => value / 2).ToArray(), d, 0.5);
        return DoubleMatrix.Transpose(w, d);
    }

    private static double[] Finish(double[] transposed, Side side) =>
        side.Matrix is { } whitening ? DoubleMatrix.Multiply(transposed, whitening, transposed.Length / side.Dimension) : transposed;

    private (double[] First, double[] Second) FitCca(double[] cross, IReadOnlyList<SymmetricSpectrum> spectra, double shrinkage)
    {
        var (d1, d2) = (spectra[0].Dimension, spectra[1].Dimension);
        var count = options.Components ?? Math.Min(d1, d2);
        if (count > Math.Min(d1, d2))
            throw new InvalidDataException($"{count} canonical directions are to be kept, but the embeddings of {d1} and {d2} dimensions have {Math.Min(d1, d2)}.");
        var roots = spectra.Select(spectrum => spectrum.Apply(WhitenModalitiesEstimator.CreateFactor(shrinkage, spectrum))).ToArray();
        var whitened = DoubleMatrix.Multiply(DoubleMatrix.Multiply(roots[0], cross, d1), roots[1], d1);

        // USVᵀ by way of (USVᵀ)ᵀ(USVᵀ) = VS²Vᵀ, which takes a fraction of the time; directions of small S are the last ones and count for little.
        const double Negligible = 1e-12;
        var squares = SymmetricSpectrum.Compute(DoubleMatrix.Multiply(DoubleMatrix.Transpose(whitened, d1), whitened, d2), d2);
        var (first, second) = (new double[count * d1], new double[count * d2]);
        for (var i = 0; i < count; i++)
        {
            if (!(squares.Values[i] > Negligible * squares.Largest))
                break;
            var v = squares.GetVector(i);
            var weight = Math.Pow(squares.Values[i], 0.25); // S^½
            for (var row = 0; row < d1; row++)
                first[i * d1 + row] = System.Numerics.Tensors.TensorPrimitives.Dot(whitened.AsSpan(row * d2, d2), v) * weight / Math.Sqrt(squares.Values[i]);
            for (var row = 0; row < d2; row++)
                second[i * d2 + row] = v[row] * weight;
        }

        return (DoubleMatrix.Multiply(first, roots[0], count), DoubleMatrix.Multiply(second, roots[1], count));
    }

    /// <summary>Both modalities, and their cross-covariances behind the whitening.</summary>
    private sealed record WhitenedPairs(Side[] Sides, double[] Cross);

    /// <summary>A modality, whitened where that is asked for, and in units of its own variance then.</summary>
    private sealed class Side
    {
        private readonly SymmetricSpectrum _spectrum;
        private readonly Func<double, double> _factor = _ => 1;

        internal Side(SymmetricSpectrum spectrum, double? whitening, bool makesMatrix = true)
        {
            _spectrum = spectrum;
            MeanVariance = spectrum.MeanValue;
            if (whitening is not { } shrinkage)
                return;

            // The two modalities come out equally wide, so that the identity is where they meet.
            var factor = WhitenModalitiesEstimator.CreateFactor(shrinkage, spectrum);
            var total = spectrum.Values.Sum(value => value * factor(value) * factor(value));
            var scale = total > 0 ? 1 / Math.Sqrt(total) : 0;
            _factor = value => scale * factor(value);
            MeanVariance = total > 0 ? 1.0 / spectrum.Dimension : 0;
            Matrix = makesMatrix ? spectrum.Apply(_factor) : null;
        }

        internal int Dimension => _spectrum.Dimension;

        internal double MeanVariance { get; }

        /// <summary>The whitening, symmetric; <see langword="null"/> without.</summary>
        internal double[]? Matrix { get; }

        internal double[] ApplyLeft(double[] matrix) => Matrix is null ? matrix : DoubleMatrix.Multiply(Matrix, matrix, Dimension);

        internal double[] ApplyRight(double[] matrix) => Matrix is null ? matrix : DoubleMatrix.Multiply(matrix, Matrix, matrix.Length / Dimension);

        /// <summary>[(1−γ)C + γvI]⁻¹ of the whitened embeddings; 0 in directions in which nothing varies and nothing is drawn in.</summary>
        internal double[] Invert(double shrinkage) => _spectrum.Apply(CreateInverse(shrinkage));

        /// <summary>The same as a function of an eigenvalue before the whitening.</summary>
        internal Func<double, double> CreateInverse(double shrinkage)
        {
            const double Negligible = 1e-6;
            double Draw(double value) => (1 - shrinkage) * value * _factor(value) * _factor(value) + shrinkage * MeanVariance;
            var limit = Negligible * Draw(_spectrum.Largest);
            return value => Draw(value) is var drawn && drawn > limit ? 1 / drawn : 0;
        }

        /// <summary>The factor of the whitening for an eigenvalue; 1 without.</summary>
        internal double GetFactor(double value) => _factor(value);
    }
}
