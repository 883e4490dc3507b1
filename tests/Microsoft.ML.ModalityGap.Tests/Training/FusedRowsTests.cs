using System.Numerics;

namespace Microsoft.ML.ModalityGap.Tests.Training;

/// <summary>Each value is rounded as by one operation after the other.</summary>
[TestClass]
public class FusedRowsTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(16)]
    [DataRow(37)]
    public void AddStandardized_RowsOfAnyLength_AddsWhatOperationsOneByOneDo(int length)
    {
        Check<float>(length);
        Check<double>(length);
    }

    private static void Check<T>(int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(length);
        T[] Create() => [.. Enumerable.Range(0, length).Select(_ => T.CreateChecked(random.NextSingle() - 0.5f))];
        var (row, mean, factor, unit, gradient, gamma, beta) = (Create(), Create(), Create(), Create(), Create(), Create(), Create());
        var (a, b) = (T.CreateChecked(-0.3f), T.CreateChecked(1.7f));

        var (foundGamma, foundBeta) = (gamma.ToArray(), beta.ToArray());
        FusedRows.AddStandardized<T>(row, mean, factor, gradient, foundGamma, foundBeta);
        CheckSums(gradient, foundGamma, foundBeta);

        (foundGamma, foundBeta) = (gamma.ToArray(), beta.ToArray());
        FusedRows.AddStandardized<T>(row, mean, factor, unit, a, gradient, b, foundGamma, foundBeta, next: row);
        CheckSums([.. unit.Zip(gradient, (u, g) => u * a + g * b)], foundGamma, foundBeta);

        void CheckSums(T[] own, T[] sumGamma, T[] sumBeta)
        {
            for (var i = 0; i < length; i++)
            {
                Assert.AreEqual(own[i] * ((row[i] - mean[i]) * factor[i]) + gamma[i], sumGamma[i], $"γ {i}");
                Assert.AreEqual(beta[i] + own[i], sumBeta[i], $"β {i}");
            }
        }
    }
}
