using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>How training stood at the end of an epoch.</summary>
[TypeFormatterSource]
public sealed record TrainingEpoch
{
    /// <summary>Its number, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Steps taken since the beginning of training.</summary>
    public required long Steps { get; init; }

    /// <summary>The mean loss over the epoch's batches.</summary>
    public required double Loss { get; init; }

    /// <summary>The loss of the held-out pairs through the maps as they then were; <see langword="null"/> without any held out.</summary>
    public required double? ValidationLoss { get; init; }

    /// <summary>
    /// The distance between the modalities' centroids, of the first up to 2,048 held-out pairs; without any held out, of as many training pairs. The same pairs
    /// each time.
    /// </summary>
    public required double Gap { get; init; }

    /// <summary>Recall@1 among the same pairs, the mean of both directions.</summary>
    public required double Recall { get; init; }

    /// <inheritdoc />
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {Epoch} ({Steps} steps): loss {Loss:F4}{(ValidationLoss is { } validation ? $", held out {validation:F4}" : "")}, gap {Gap:F4}, recall@1 {Recall:F4}");
}
