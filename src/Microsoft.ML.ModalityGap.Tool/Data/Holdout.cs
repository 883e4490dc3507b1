using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A seeded random split of N rows into one part to fit on and one to measure on. Nothing is stored per row, and pairs stay together.</summary>
internal sealed class Holdout
{
    private readonly RowPermutation _permutation;

    internal Holdout(long rowCount, double share, int seed)
    {
        HeldOutCount = (long)Math.Round(rowCount * share);
        FitCount = rowCount - HeldOutCount;
        if (HeldOutCount < 2 || FitCount < 2)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"--holdout {share} of {rowCount} rows leaves {FitCount} to fit on and {HeldOutCount} to measure on; at least 2 are needed of each."));
        }

        _permutation = new RowPermutation(rowCount, seed);
    }

    internal long FitCount { get; }

    internal long HeldOutCount { get; }

    internal RowSelection Fit => new(FitCount, row => !IsHeldOut(row));

    internal RowSelection HeldOut => new(HeldOutCount, IsHeldOut);

    internal bool IsHeldOut(long row) => _permutation.Apply(row) < HeldOutCount;
}
