using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>The candidates compared, and which one to take.</summary>
[TypeFormatterSource]
public sealed class SelectionResult
{
    internal SelectionResult()
    {
    }

    /// <summary>The first modality: the name of its column.</summary>
    public required string First { get; init; }

    /// <summary>The second modality.</summary>
    public required string Second { get; init; }

    /// <summary>The number of pairs used.</summary>
    public required int Count { get; init; }

    /// <summary>The number of pairs left out because a row could not be used.</summary>
    public required long SkippedCount { get; init; }

    /// <summary>In how many parts they were dealt, each time.</summary>
    public required int Folds { get; init; }

    /// <summary>How often they were dealt.</summary>
    public required int Repeats { get; init; }

    /// <summary>All candidates, best first.</summary>
    public required IReadOnlyList<SelectionEntry> Entries { get; init; }

    /// <summary>The raw embeddings.</summary>
    public required SelectionEntry Raw { get; init; }

    /// <summary>The one to take.</summary>
    public required SelectionEntry Recommended { get; init; }

    /// <summary>Whether that is to leave the embeddings alone.</summary>
    public bool LeavesAlone => Recommended == Raw;

    /// <summary>Why, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>
    /// How sure that is, 0 to 1. Of a candidate: that it loses no more recall@1 than allowed, though it was picked among all that close the gap (Westfall and Young's maximum over the bootstrap samples). Of leaving the embeddings
    /// alone: that every candidate does (by Holm).
    /// </summary>
    public required double Confidence { get; init; }

    /// <summary>
    /// The recommended method as an estimator for the two columns, in place, ready to append to a pipeline and to be fitted on all data. Where the embeddings are to be left alone it only normalises.
    /// </summary>
    public IEstimator<EmbeddingMapTransformer> Estimator => CreateEstimator(ModalityColumns.PerColumn(First, Second));

    /// <summary>A candidate by name.</summary>
    /// <exception cref="ArgumentException">There is no such candidate.</exception>
    public SelectionEntry this[string name] => Entries.FirstOrDefault(entry => entry.Name == name)
        ?? throw new ArgumentException($"There is no candidate '{name}'. There is '{string.Join("', '", Entries.Select(entry => entry.Name))}'.", nameof(name));

    /// <summary>The recommended method for other columns.</summary>
    /// <param name="columns">The columns of the same two modalities, in the same order.</param>
    public IEstimator<EmbeddingMapTransformer> CreateEstimator(ModalityColumns columns) => Recommended.Candidate.CreateEstimator(columns);

    /// <summary>The candidates as a table, and the recommendation.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        var table = PlainTable.Format(
            ["", "gap", .. SelectionEntry.GetHeaders(First, Second, Raw.TwoSidedNdcg is not null)],
            Entries.Select(entry => (string[])
            [
                (entry == Recommended ? "* " : "  ") + entry.Name,
                entry.Gap.ToString("F3", culture) + (entry.ClosesGap ? "" : " open"),
                .. entry.FormatMeasures(),
            ]));
        return string.Join(
            Environment.NewLine,
            string.Create(culture, $"{First} and {Second}: {Count} pairs, dealt in {Folds} parts {Repeats} times; recall@1 and NDCG@10 of pairs not fitted on, with 95% intervals"),
            table,
            string.Create(culture, $"{Recommended.Name}: {Reason} Confidence {Confidence:P0}."));
    }
}
