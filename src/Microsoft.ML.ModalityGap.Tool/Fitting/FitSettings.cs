using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What the command line says to every method.</summary>
/// <param name="NormalizeInput">False with <c>--no-normalize</c>.</param>
/// <param name="UnusableRows">Skip with <c>--skip-unusable</c>.</param>
/// <param name="Seed">Of <c>--seed</c>.</param>
/// <param name="CommandLine">Where a method finds the options of its own.</param>
internal sealed record FitSettings(bool NormalizeInput, UnusableRows UnusableRows, int Seed, ParseResult CommandLine)
{
    /// <summary>How similarities are corrected behind the maps; <see langword="null"/> for maps alone.</summary>
    internal SimilarityCorrectionOptions? Correction { get; init; }

    /// <summary>Ends what takes long.</summary>
    internal CancellationToken CancellationToken { get; init; }

    /// <summary>What a method that trains says after each epoch.</summary>
    internal List<TrainingEpoch> Epochs { get; } = [];
}
