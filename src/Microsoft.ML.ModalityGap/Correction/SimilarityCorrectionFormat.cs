namespace Microsoft.ML.ModalityGap;

/// <summary>The stored form of a <see cref="SimilarityCorrection"/>, inside the block of what holds it.</summary>
/// <remarks>
/// <code>
/// int32     dimension
/// hubness   byte kind, double β, int32 K, double strength
/// bool      whether scores are standardised; byte sample, bool offset only
/// int32     number of modalities; per modality: text name, floats bank of unit rows
/// per modality of queries, per modality of the gallery: double mean, double deviation, int64 count
/// int32     number of calibrations; per calibration: text modality, double slope, double intercept, int32 matches, bool from pairs
/// </code>
/// </remarks>
internal static class SimilarityCorrectionFormat
{
    internal static void Write(BinaryWriter writer, SimilarityCorrection correction)
    {
        writer.Write(correction.Dimension);
        correction.Hubness.Write(writer);
        writer.Write(correction.Standardization is not null);
        writer.Write((byte)(correction.Standardization?.Sample ?? default));
        writer.Write(correction.Standardization?.OffsetOnly ?? false);
        writer.Write(correction.Modalities.Count);
        for (var i = 0; i < correction.Modalities.Count; i++)
        {
            writer.WriteText(correction.Modalities[i]);
            correction.Biases[i].Write(writer);
        }

        foreach (var entry in correction.Moments)
        {
            writer.Write(entry.Mean);
            writer.Write(entry.Deviation);
            writer.Write(entry.Count);
        }

        writer.Write(correction.Calibrations.Count);
        foreach (var entry in correction.Calibrations)
        {
            writer.WriteText(entry.QueryModality);
            writer.Write(entry.Slope);
            writer.Write(entry.Intercept);
            writer.Write(entry.MatchCount);
            writer.Write(entry.FromPairs);
        }
    }

    internal static SimilarityCorrection Read(BlockReader reader)
    {
        try
        {
            var dimension = reader.ReadInt32();
            if (dimension is < 1 or > EmbeddingMapFormat.MaximumDimension)
                throw new InvalidDataException($"The stored correction is damaged: it states {dimension} dimensions.");
            var hubness = HubnessCorrection.Read(reader);
            var (isStandardized, sample, offsetOnly) = (reader.ReadBoolean(), (SimilaritySample)reader.ReadByte(), reader.ReadBoolean());
            var names = new string[reader.ReadCount()];
            var biases = new BankBias[names.Length];
            for (var i = 0; i < names.Length; i++)
            {
                names[i] = reader.ReadText();
                biases[i] = BankBias.Read(reader, hubness, dimension);
            }

            var moments = names.Select(query => names.Select(gallery => new SimilarityMoments(query, gallery, reader.ReadFiniteDouble(), reader.ReadFiniteDouble(), reader.ReadInt64())).ToArray()).ToArray();
            var calibrations = new MatchCalibration[reader.ReadCount()];
            for (var i = 0; i < calibrations.Length; i++)
            {
                calibrations[i] = new MatchCalibration(reader.ReadText(), reader.ReadFiniteDouble(), reader.ReadFiniteDouble(), reader.ReadInt32(), reader.ReadBoolean());
                if (calibrations[i].Slope < 0 || !names.Contains(calibrations[i].QueryModality))
                    throw new InvalidDataException($"The stored correction is damaged: {calibrations[i]} is no calibration of its modalities.");
            }

            if (names.Any(name => name.Length == 0) || names.Distinct(StringComparer.Ordinal).Count() < names.Length)
                throw new InvalidDataException($"The stored correction is damaged: its modalities are '{string.Join("', '", names)}'.");
            return new SimilarityCorrection(
                dimension, isStandardized ? new SimilarityStandardization { Sample = sample, OffsetOnly = offsetOnly } : null, names, biases, moments, calibrations);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"The stored correction is damaged: {exception.Message}", exception);
        }
    }
}
