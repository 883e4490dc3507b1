namespace Microsoft.ML.ModalityGap;

internal sealed partial class CollectionData
{
    /// <summary>The nearest records; with keywords, those that vectors and words find together.</summary>
    /// <exception cref="ArgumentException">The query has other dimensions, came through other maps, or has no modality where one is needed.</exception>
    /// <exception cref="InvalidDataException">The query has values that cannot be compared.</exception>
    internal IReadOnlyList<FoundRecord> Search(SearchRequest request) => Read<IReadOnlyList<FoundRecord>>(() =>
    {
        var (field, index) = (Schema.Vectors[request.Vector], _indexes[request.Vector]);
        var allowed = request.Filter is null ? null : Select(request.Filter).Select(record => record.Number).ToHashSet();
        var modality = request.QueryModality ?? request.Query.Modality ?? Settings.QueryModality;
        var row = PrepareQuery(request.Query, field, modality);
        if (index.Count == 0 && request.Keywords is null)
            return [];

        var options = new SearchOptions
        {
            QueryModality = modality,
            UseCorrection = request.UseCorrection,
            MinimumProbability = request.MinimumProbability,
            IsAllowed = allowed is null ? null : id => allowed.Contains(id.Number),
        };
        if (request.Keywords is { } keywords)
            return Fuse(index.Count == 0 ? [] : index.Search(row, index.Count, options), allowed, keywords).Where(found => !(found.Score < request.ScoreThreshold)).Skip(request.Skip).Take(request.Top).ToArray();
        var count = (int)Math.Min((long)request.Skip + request.Top, index.Count);
        IEnumerable<FoundRecord> found = index.Search(row, count, options).Select(neighbor => new FoundRecord(_byNumber[neighbor.Id.Number], field.IsEuclidean ? field.GetDistance(row, index.GetEmbedding(neighbor.Id)) : field.ToScore(neighbor.Score)));
        if (field.IsEuclidean)
            found = found.OrderBy(entry => entry.Score).ThenBy(entry => entry.Record.Number);
        return found.Skip(request.Skip)
            .Where(entry => request.ScoreThreshold is not { } limit || (field.IsDistance ? entry.Score <= limit : entry.Score >= limit))
            .ToArray();
    });

    private float[] PrepareQuery(StatedEmbedding query, VectorField field, string? modality)
    {
        if (query.Fingerprint is { } maps && Settings.MapVectors)
            throw new ArgumentException($"The query came through the maps {maps} already, but this collection maps queries itself: give a raw one.", nameof(query));
        if (query.Fingerprint is { } stranger && _fingerprint is not null && stranger != _fingerprint)
            throw new ArgumentException($"The query came through the maps {stranger}, but the vectors of this collection through {_fingerprint}. Vectors of different maps cannot be compared.", nameof(query));
        return field.ToQuery(Map(query.Values, field, modality, "the query"));
    }

    /// <summary>
    /// Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009) of what each record has: Σ w_l/(c + rank_l)/Σ w_l over the lists l that it can be in. A record without words, such as an image, can be in that of vectors only, which then has
    /// all the weight; a record that has words but none of those asked for is in that of words without a rank, which is 0.
    /// Vectors are ranked within each modality, unless a model has put the scores of all on one scale: while the gap is open, all of one modality would stand behind all of the other.
    /// </summary>
    private IEnumerable<FoundRecord> Fuse(IReadOnlyList<Neighbor> neighbors, HashSet<long>? allowed, (int Field, IReadOnlyCollection<string> Words, double Weight, double Constant) keywords)
    {
        var text = _keywords[keywords.Field]!;
        var scores = new Dictionary<long, double>();
        var isOneScale = Settings.Correction?.Standardization is not null;
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var neighbor in neighbors)
        {
            var list = isOneScale ? "" : neighbor.Modality ?? "";
            var place = ranks[list] = ranks.GetValueOrDefault(list) + 1;
            scores[neighbor.Id.Number] = (text.HasWords(neighbor.Id.Number) ? 1 - keywords.Weight : 1) / (keywords.Constant + place);
        }

        var rank = 0;
        foreach (var (record, _) in text.Search(keywords.Words).Where(entry => allowed is null || allowed.Contains(entry.Key)).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key))
            scores[record] = scores.GetValueOrDefault(record) + keywords.Weight / (keywords.Constant + ++rank);
        return scores.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Select(entry => new FoundRecord(_byNumber[entry.Key], entry.Value));
    }
}
