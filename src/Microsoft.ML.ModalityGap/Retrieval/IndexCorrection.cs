namespace Microsoft.ML.ModalityGap;

/// <summary>What the correction of an index comes down to for its rows, per modality of queries; computed at the first search, and again after a change of the rows.</summary>
internal sealed class IndexCorrection(EmbeddingIndex index, SimilarityCorrection correction)
{
    private readonly Dictionary<string, RescoringTerms> _terms = new(StringComparer.Ordinal);
    private int _version = -1;

    /// <summary>The terms for queries of a modality.</summary>
    /// <exception cref="ArgumentException">The correction does not know the modality.</exception>
    internal RescoringTerms GetTerms(string queryModality)
    {
        lock (_terms)
        {
            if (_version != index.Version)
            {
                _terms.Clear();
                _version = index.Version;
            }

            if (!_terms.TryGetValue(queryModality, out var terms))
                _terms.Add(queryModality, terms = Compute(queryModality));
            return terms;
        }
    }

    private RescoringTerms Compute(string queryModality)
    {
        var (store, entries) = (index.Store, index.Entries);
        var moments = entries.Names.Select(name => correction.GetMoments(queryModality, name)).ToArray();
        var bias = correction.GetBias(queryModality);
        var (biases, scales) = (new float[store.PanelCount * MatrixTile.Columns], new float[store.PanelCount * MatrixTile.Columns]);
        var rows = new float[Math.Min(PanelStore.ChunkRows, Math.Max(1, store.Count)) * index.Dimension];
        for (var first = 0; first < store.Count; first += PanelStore.ChunkRows)
        {
            var count = Math.Min(PanelStore.ChunkRows, store.Count - first);
            for (var i = 0; i < count; i++)
                store.Read(first + i, rows.AsSpan(i * index.Dimension, index.Dimension));
            bias.Compute(rows.AsSpan(0, count * index.Dimension), biases.AsSpan(first, count));
            for (var position = first; position < first + count; position++)
            {
                var (mean, scale) = ((float)moments[entries.GetModalityNumber(position)].Mean, (float)(1 / moments[entries.GetModalityNumber(position)].Deviation));
                (biases[position], scales[position]) = (scale * (biases[position] + mean), scale);
            }
        }

        return new RescoringTerms { Parts = [new RescoringPart(biases)], Scales = scales };
    }
}
