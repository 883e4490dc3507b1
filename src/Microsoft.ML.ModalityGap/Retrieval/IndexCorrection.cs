namespace Microsoft.ML.ModalityGap;

/// <summary>What the correction of an index comes down to for its rows, per modality of queries.</summary>
internal sealed class IndexCorrection(EmbeddingIndex index, SimilarityCorrection correction) : IndexTerms(index)
{
    protected override RescoringTerms Compute(string key)
    {
        var (store, entries) = (Index.Store, Index.Entries);
        var moments = entries.Names.Select(name => correction.GetMoments(key, name)).ToArray();
        var bias = correction.GetBias(key);
        var (biases, scales) = (new float[store.PanelCount * MatrixTile.Columns], new float[store.PanelCount * MatrixTile.Columns]);
        var rows = new float[Math.Min(PanelStore.ChunkRows, Math.Max(1, store.Count)) * Index.Dimension];
        for (var first = 0; first < store.Count; first += PanelStore.ChunkRows)
        {
            var count = Math.Min(PanelStore.ChunkRows, store.Count - first);
            for (var i = 0; i < count; i++)
                store.Read(first + i, rows.AsSpan(i * Index.Dimension, Index.Dimension));
            bias.Compute(rows.AsSpan(0, count * Index.Dimension), biases.AsSpan(first, count));
            for (var position = first; position < first + count; position++)
            {
                var (mean, scale) = ((float)moments[entries.GetModalityNumber(position)].Mean, (float)(1 / moments[entries.GetModalityNumber(position)].Deviation));
                (biases[position], scales[position]) = (scale * (biases[position] + mean), scale);
            }
        }

        return new RescoringTerms { Parts = [new RescoringPart(biases)], Scales = scales };
    }
}
