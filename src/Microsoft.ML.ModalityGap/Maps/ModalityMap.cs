namespace Microsoft.ML.ModalityGap;

/// <summary>A modality by name, its map, and what the map was fitted on.</summary>
[TypeFormatterSource]
public sealed class ModalityMap
{
    /// <summary>The <see cref="ExpectedInput"/> of a map fitted on vectors of no map.</summary>
    internal const string RawInput = "";

    /// <summary>The <see cref="ExpectedInput"/> of a map that is to take whatever comes.</summary>
    internal const string AnyInput = "*";

    /// <summary>Creates the entry.</summary>
    /// <param name="modality">The modality's name: a column's name in wide data, a value of the modality column in long data.</param>
    /// <param name="map">The map for its embeddings.</param>
    /// <param name="statistics">What the map was fitted on, where that is known. A covariance is not kept.</param>
    /// <exception cref="ArgumentException"><paramref name="modality"/> is empty, or the statistics have another dimension than the map takes.</exception>
    public ModalityMap(string modality, EmbeddingMap map, ModalityStatistics? statistics = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(modality);
        ArgumentNullException.ThrowIfNull(map);
        if (statistics is not null && statistics.Dimension != map.InputDimension)
        {
            throw new ArgumentException(
                $"The statistics of '{modality}' have {statistics.Dimension} dimensions, but its map takes {map.InputDimension}.", nameof(statistics));
        }

        Modality = modality;
        Map = map;
        Statistics = statistics?.WithoutCovariance();
    }

    /// <summary>The modality's name.</summary>
    public string Modality { get; }

    /// <summary>The map for its embeddings.</summary>
    public EmbeddingMap Map { get; }

    /// <summary>What the map was fitted on, or <see langword="null"/> for a map made by hand.</summary>
    public ModalityStatistics? Statistics { get; }

    /// <summary>What the vectors it was fitted on had come through: the fingerprint of maps, <see cref="RawInput"/>, <see cref="AnyInput"/>, or <see langword="null"/> where that is not known.</summary>
    internal string? ExpectedInput { get; init; }

    /// <summary>The same under another name.</summary>
    internal ModalityMap Rename(string modality) => new(modality, Map, Statistics) { ExpectedInput = ExpectedInput };

    /// <inheritdoc />
    public override string ToString() => $"{Modality}: {Map}";
}
