namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The stored form of an <see cref="EmbeddingMap"/>, inside a <see cref="CheckedBlock"/>. A new step kind is registered here, once.
/// </summary>
/// <remarks>
/// <code>
/// int32   input dimension
/// int32   number of steps
/// per step: byte kind, then its parameters; a float array is an int32 length and little-endian float32 values
/// </code>
/// </remarks>
internal static class EmbeddingMapFormat
{
    /// <summary>"MGEM" in the file; the version counts changes of the layout above.</summary>
    internal static readonly BlockSignature Signature = new("MGEM", Version: 1);

    /// <summary>Far above any encoder's, low enough that a damaged length cannot ask for much memory.</summary>
    internal const int MaximumDimension = 1 << 20;

    private const int MaximumSteps = 1024;

    private static readonly Dictionary<byte, Func<BlockReader, EmbeddingMapStep>> _stepReaders = new()
    {
        [L2NormalizeStep.Id] = L2NormalizeStep.Read,
        [TranslateStep.Id] = TranslateStep.Read,
        [ScaleStep.Id] = ScaleStep.Read,
        [ProjectStep.Id] = ProjectStep.Read,
        [TruncateStep.Id] = TruncateStep.Read,
        [FoldQueryStep.Id] = FoldQueryStep.Read,
        [FoldGalleryStep.Id] = FoldGalleryStep.Read,
    };

    internal static void Write(BinaryWriter writer, EmbeddingMap map)
    {
        writer.Write(map.InputDimension);
        writer.Write(map.Steps.Count);
        foreach (var step in map.Steps)
        {
            writer.Write(step.FormatId);
            step.WriteParameters(writer);
        }
    }

    internal static EmbeddingMap Read(BlockReader reader)
    {
        var inputDimension = reader.ReadInt32();
        var count = reader.ReadInt32();
        if (inputDimension is < 1 or > MaximumDimension || count is < 0 or > MaximumSteps)
            throw new InvalidDataException($"The stored embedding map is damaged: it states {inputDimension} dimensions and {count} steps.");

        var steps = new EmbeddingMapStep[count];
        for (var i = 0; i < count; i++)
        {
            var kind = reader.ReadByte();
            if (!_stepReaders.TryGetValue(kind, out var readStep))
                throw new InvalidDataException($"The stored embedding map has a step of kind {kind}, which this version does not know. Update Microsoft.ML.ModalityGap.");

            steps[i] = readStep(reader);
        }

        return new EmbeddingMap(inputDimension, steps);
    }
}
