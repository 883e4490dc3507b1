namespace Microsoft.ML.ModalityGap;

/// <summary>The stored form of <see cref="PairStatistics"/>, inside a <see cref="CheckedBlock"/>.</summary>
/// <remarks>
/// <code>
/// int32     d of the first modality
/// bool      normalised
/// int32     number of folds; per fold: statistics of the joint rows (ModalityStatisticsFormat)
/// </code>
/// </remarks>
internal static class PairStatisticsFormat
{
    internal static readonly BlockSignature Signature = new("MGPS", Version: 1);

    internal static void Write(BinaryWriter writer, PairStatistics statistics)
    {
        writer.Write(statistics.FirstDimension);
        writer.Write(statistics.Normalized);
        writer.Write(statistics.FoldCount);
        foreach (var fold in statistics.Folds)
            ModalityStatisticsFormat.Write(writer, fold);
    }

    internal static PairStatistics Read(BlockReader reader)
    {
        var dimension = reader.ReadInt32();
        var normalized = reader.ReadBoolean();
        var folds = new ModalityStatistics[reader.ReadCount()];
        for (var i = 0; i < folds.Length; i++)
            folds[i] = ModalityStatisticsFormat.Read(reader);
        if (folds.Length == 0 || dimension < 1
            || folds.Any(fold => fold.Dimension <= dimension || fold.Dimension != folds[0].Dimension || fold.Moments != ModalityMoments.Covariance))
        {
            throw new InvalidDataException($"The stored pair statistics are damaged: {folds.Length} folds do not fit to {dimension} dimensions of the first modality.");
        }

        return new PairStatistics(dimension, normalized, folds);
    }
}
