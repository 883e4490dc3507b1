namespace Microsoft.ML.ModalityGap.Tests.Benchmarking;

/// <summary>Regressions and correlations as their definitions say, to hold a benchmark's measures against.</summary>
internal static class NaiveModels
{
    /// <summary>Weights and, last, the intercept of least squares: normal equations by Gauss' elimination.</summary>
    internal static double[] Regress(IReadOnlyList<(float[] Row, double Target)> rows)
    {
        var n = rows[0].Row.Length + 1;
        var system = new double[n, n + 1];
        foreach (var (row, target) in rows)
        {
            double[] x = [.. row.Select(value => (double)value), 1, target];
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j <= n; j++)
                    system[i, j] += x[i] * x[j];
            }
        }

        return Solve(system);
    }

    /// <summary>Gauss' elimination; the last column is the right side.</summary>
    private static double[] Solve(double[,] system)
    {
        var n = system.GetLength(0);
        for (var pivot = 0; pivot < n; pivot++)
        {
            for (var i = 0; i < n; i++)
            {
                var factor = i == pivot ? 0 : system[i, pivot] / system[pivot, pivot];
                for (var j = 0; j <= n && factor != 0; j++)
                    system[i, j] -= factor * system[pivot, j];
            }
        }

        return [.. Enumerable.Range(0, n).Select(i => system[i, n] / system[i, i])];
    }

    /// <summary>Weights and, last, the intercept that make Σ log(1 + exp(−y·w·x)) + |w|² / 2 + |w|₁ least: steps along the gradient, each followed by the soft threshold.</summary>
    internal static double[] Part(IReadOnlyList<(float[] Row, double Sign)> rows)
    {
        var dimension = rows[0].Row.Length;
        var weights = new double[dimension + 1];
        var step = 4 / (rows.Sum(entry => 1 + entry.Row.Sum(value => (double)value * value)) + 4);
        for (var round = 0; round < 20_000; round++)
        {
            var gradient = new double[dimension + 1];
            foreach (var (row, sign) in rows)
            {
                var margin = weights[dimension];
                for (var d = 0; d < dimension; d++)
                    margin += weights[d] * row[d];
                var pull = -sign / (1 + Math.Exp(sign * margin));
                for (var d = 0; d < dimension; d++)
                    gradient[d] += pull * row[d];
                gradient[dimension] += pull;
            }

            weights[dimension] -= step * gradient[dimension];
            for (var d = 0; d < dimension; d++)
            {
                var moved = weights[d] - step * (gradient[d] + weights[d]);
                weights[d] = Math.Sign(moved) * Math.Max(0, Math.Abs(moved) - step);
            }
        }

        return weights;
    }

    /// <summary>What <see cref="Classify"/>'s weights give a class.</summary>
    internal static double Logit(double[] weights, int c, float[] row) => weights[c * (row.Length + 1) + row.Length] + row.Select((value, d) => value * weights[c * (row.Length + 1) + d]).Sum();

    /// <summary>A row of weights and an intercept a class that make Σ −log p + strength·|w|² / 2 least: Newton's steps.</summary>
    internal static double[] Classify(List<(float[] Row, int Class)> rows, int classes, double strength)
    {
        var dimension = rows[0].Row.Length;
        var (width, count) = (dimension + 1, classes * (dimension + 1));
        var weights = new double[count];
        for (var round = 0; round < 60; round++)
        {
            // What leaves all probabilities as they are has no curvature: a little of its own makes the step one only.
            var system = new double[count, count + 1];
            for (var i = 0; i < count; i++)
            {
                var weight = i % width == dimension ? 0 : strength;
                system[i, i] = weight + 1e-9;
                system[i, count] = -weight * weights[i];
            }

            foreach (var (row, label) in rows)
            {
                var powers = Enumerable.Range(0, classes).Select(c => Math.Exp(Logit(weights, c, row))).ToArray();
                var shares = powers.Select(power => power / powers.Sum()).ToArray();
                double[] x = [.. row, 1];
                for (var c = 0; c < classes; c++)
                {
                    for (var i = 0; i < width; i++)
                    {
                        system[c * width + i, count] -= (shares[c] - (c == label ? 1 : 0)) * x[i];
                        for (var other = 0; other < classes; other++)
                        {
                            var curvature = shares[c] * ((c == other ? 1 : 0) - shares[other]) * x[i];
                            for (var j = 0; j < width; j++)
                                system[c * width + i, other * width + j] += curvature * x[j];
                        }
                    }
                }
            }

            var step = Solve(system);
            var longest = step.Max(Math.Abs);
            for (var i = 0; i < count; i++)
                weights[i] += step[i] * Math.Min(1, 5 / longest);
            if (longest < 1e-9)
                break;
        }

        return weights;
    }

    /// <summary>Kendall's τ, by all pairs.</summary>
    internal static (double TauB, double TauC) Kendall(List<(double X, double Y)> pairs)
    {
        double alike = 0, opposite = 0, tiedX = 0, tiedY = 0, n = pairs.Count;
        for (var i = 0; i < pairs.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var order = Math.Sign(pairs[i].X.CompareTo(pairs[j].X)) * Math.Sign(pairs[i].Y.CompareTo(pairs[j].Y));
                alike += order > 0 ? 1 : 0;
                opposite += order < 0 ? 1 : 0;
                tiedX += pairs[i].X == pairs[j].X ? 1 : 0;
                tiedY += pairs[i].Y == pairs[j].Y ? 1 : 0;
            }
        }

        var all = n * (n - 1) / 2;
        double m = Math.Min(pairs.Select(pair => pair.X).Distinct().Count(), pairs.Select(pair => pair.Y).Distinct().Count());
        return ((alike - opposite) / Math.Sqrt((all - tiedX) * (all - tiedY)), 2 * (alike - opposite) / (n * n * (m - 1) / m));
    }
}
