namespace Microsoft.ML.ModalityGap;

/// <summary>The stored form of a <see cref="Rescorer"/>, inside a <see cref="CheckedBlock"/>. A new method is registered here, once.</summary>
/// <remarks>
/// <code>
/// byte      method, then its parameters
/// int32     dimension
/// text      fingerprint of the maps, empty where it is not known
/// floats    bank of queries
/// floats    bank of gallery rows, perhaps none
/// </code>
/// </remarks>
internal static class RescorerFormat
{
    internal static readonly BlockSignature Signature = new("MGRS", Version: 1);

    private static readonly Dictionary<byte, Func<BlockReader, RescoringMethod>> _readers = new()
    {
        [InvertedSoftmax.Id] = InvertedSoftmax.Read,
        [DualInvertedSoftmax.Id] = DualInvertedSoftmax.Read,
        [CrossDomainLocalScaling.Id] = CrossDomainLocalScaling.Read,
        [DistributionNormalization.Id] = DistributionNormalization.Read,
    };

    internal static void Write(BinaryWriter writer, Rescorer rescorer)
    {
        writer.Write(rescorer.Method.FormatId);
        rescorer.Method.WriteParameters(writer);
        writer.Write(rescorer.Dimension);
        writer.WriteText(rescorer.Fingerprint ?? "");
        writer.WriteFloats(rescorer.QueryBank);
        writer.WriteFloats(rescorer.GalleryBank);
    }

    internal static Rescorer Read(BlockReader reader)
    {
        var kind = reader.ReadByte();
        if (!_readers.TryGetValue(kind, out var readMethod))
            throw new InvalidDataException($"The stored rescorer has a method of kind {kind}, which this version does not know. Update Microsoft.ML.ModalityGap.");
        try
        {
            var method = readMethod(reader);
            var dimension = reader.ReadInt32();
            var fingerprint = reader.ReadText();
            return new Rescorer(method, dimension, reader.ReadFloats(), reader.ReadFloats(), fingerprint.Length == 0 ? null : fingerprint);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"The stored rescorer is damaged: {exception.Message}", exception);
        }
    }
}
