using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>What some queries found in the rows of one or more shards, with what it takes to merge it: which rows were searched, how, and for what.</summary>
internal sealed record HitsPart
{
    /// <summary>How many neighbours were looked for.</summary>
    internal required int K { get; init; }

    /// <summary>The rows that were searched, of all shards' rows.</summary>
    internal required IReadOnlyList<RowRange> Ranges { get; init; }

    /// <summary>How was searched, in words: the metric, the maps, the correction and so on. Parts of one search have the same.</summary>
    internal required IReadOnlyDictionary<string, string> Terms { get; init; }

    /// <summary>What the queries are, where that is known.</summary>
    internal IReadOnlyList<string>? Items { get; init; }

    /// <summary>Per query what it found, nearest first.</summary>
    internal required IReadOnlyList<IReadOnlyList<ShardHit>> Queries { get; init; }

    internal long RowCount => Ranges.Sum(range => range.Count);

    /// <summary>How an index was searched.</summary>
    internal static IReadOnlyDictionary<string, string> Describe(EmbeddingIndex index, ReadOnlySpan<float> queries, SearchOptions options)
    {
        var terms = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["queries (SHA-256)"] = Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(queries))),
            ["dimension"] = Format(index.Dimension),
            ["metric"] = index.Options.Metric.ToString(),
            ["storage"] = index.Options.Storage.ToString(),
            ["maps"] = index.Fingerprint ?? "unknown",
            ["correction"] = index.Options.Correction is { } correction && options.UseCorrection ? Hash(writer => SimilarityCorrectionFormat.Write(writer, correction)) : "none",
            ["modality of the queries"] = options.QueryModality ?? "unknown",
            ["rescorer"] = options.Rescorer is { } rescorer ? Hash(writer => RescorerFormat.Write(writer, rescorer)) : "none",
            ["modalities searched"] = options.Modalities is { } modalities ? string.Join(", ", modalities.Order(StringComparer.Ordinal)) : "all",
            ["least score"] = options.MinimumScore is { } score ? Format(score) : "none",
            ["least probability"] = options.MinimumProbability is { } probability ? Format(probability) : "none",
        };
        return terms;
    }

    /// <summary>Merges parts of one search.</summary>
    /// <param name="parts">Each with a name for messages.</param>
    /// <param name="k">How many neighbours of each query; <see langword="null"/> for as many as all parts were searched for.</param>
    /// <exception cref="InvalidDataException">They are of different searches, the same rows were searched twice, or one was searched for fewer neighbours.</exception>
    internal static HitsPart Merge(IReadOnlyList<(string Name, HitsPart Part)> parts, int? k = null)
    {
        if (parts.Count == 0)
            throw new InvalidDataException("There are no hits to merge.");
        var (firstName, first) = parts[0];
        var limit = k ?? parts.Min(entry => entry.Part.K);
        foreach (var (name, part) in parts)
        {
            foreach (var term in first.Terms)
            {
                var other = part.Terms.GetValueOrDefault(term.Key, "unknown");
                if (other != term.Value)
                    throw new InvalidDataException($"'{firstName}' and '{name}' are of different searches: {term.Key} {term.Value} and {other}. Search all shards alike.");
            }

            if (part.K < limit)
                throw new InvalidDataException($"'{name}' was searched for {part.K} neighbours of each query, so that it says nothing of {limit}. Search its shard with --k {limit}, or merge fewer.");
        }

        var ranges = parts.SelectMany(entry => entry.Part.Ranges.Where(range => range.Count > 0).Select(range => (entry.Name, Range: range))).OrderBy(entry => entry.Range.First).ToArray();
        for (var i = 1; i < ranges.Length; i++)
        {
            if (ranges[i].Range.First < ranges[i - 1].Range.End)
                throw new InvalidDataException($"'{ranges[i - 1].Name}' searched the rows {ranges[i - 1].Range} and '{ranges[i].Name}' the rows {ranges[i].Range}: some of them twice. Give each shard's index its --first-row, and each shard once.");
        }

        return first with
        {
            K = limit,
            Ranges = RowRange.Join(ranges.Select(entry => entry.Range)),
            Items = parts.Select(entry => entry.Part.Items).FirstOrDefault(items => items is not null),
            Queries = [.. Enumerable.Range(0, first.Queries.Count).Select(query => TopHits.Merge(parts.Select(entry => entry.Part.Queries[query]), limit))],
        };
    }

    private static string Format(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private static string Hash(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
            write(writer);
        return Convert.ToHexStringLower(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)))[..16];
    }
}
