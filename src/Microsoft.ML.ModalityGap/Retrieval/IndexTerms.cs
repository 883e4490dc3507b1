namespace Microsoft.ML.ModalityGap;

/// <summary>What an index's own way to score comes down to for its rows, by a key; computed at the first search, and again after a change of the rows.</summary>
internal abstract class IndexTerms(EmbeddingIndex index)
{
    private readonly Dictionary<string, RescoringTerms> _terms = new(StringComparer.Ordinal);
    private int _version = -1;

    protected EmbeddingIndex Index => index;

    internal RescoringTerms GetTerms(string key)
    {
        lock (_terms)
        {
            if (_version != index.Version)
            {
                _terms.Clear();
                _version = index.Version;
            }

            if (!_terms.TryGetValue(key, out var terms))
                _terms.Add(key, terms = Compute(key));
            return terms;
        }
    }

    protected abstract RescoringTerms Compute(string key);
}
