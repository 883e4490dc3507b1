namespace Microsoft.ML.ModalityGap;

/// <summary>What is asked of a collection.</summary>
internal sealed record SearchRequest
{
    /// <summary>The number of the vector property.</summary>
    internal required int Vector { get; init; }

    internal required StatedEmbedding Query { get; init; }

    internal required int Skip { get; init; }

    internal required int Top { get; init; }

    internal RecordFilter? Filter { get; init; }

    /// <summary>In the terms of the property's distance function, or of the fused score.</summary>
    internal double? ScoreThreshold { get; init; }

    internal string? QueryModality { get; init; }

    internal bool UseCorrection { get; init; } = true;

    internal double? MinimumProbability { get; init; }

    /// <summary>The number of the text property and the words; <see langword="null"/> for a search by vectors alone.</summary>
    internal (int Field, IReadOnlyCollection<string> Words, double Weight, double Constant)? Keywords { get; init; }
}

/// <summary>A record that was found.</summary>
internal readonly record struct FoundRecord(StoredRecord Record, double Score);
