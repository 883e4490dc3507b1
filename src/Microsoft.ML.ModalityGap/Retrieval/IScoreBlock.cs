namespace Microsoft.ML.ModalityGap;

/// <summary>Some queries, packed, and what they score against one panel of an index: what a thread of a search works with.</summary>
internal interface IScoreBlock : IDisposable
{
    /// <summary>The scores of the queries against the 32 rows of the panel last scored, a query behind the other.</summary>
    ReadOnlySpan<float> Tile { get; }

    /// <summary>Takes queries, as they were given.</summary>
    void Pack(ReadOnlySpan<float> queries);

    /// <summary>By how much the scores of each query exceed the rows' own, as a rule; empty where they are these.</summary>
    ReadOnlySpan<float> Slacks { get; }

    /// <summary>Scores all queries against a panel.</summary>
    void Score(int panel);
}
