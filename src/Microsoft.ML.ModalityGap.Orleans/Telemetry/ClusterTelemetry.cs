using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Microsoft.ML.ModalityGap;

/// <summary>What a silo and a client tell of their work: a meter and a source of activities, both called <see cref="Name"/>.</summary>
internal static class ClusterTelemetry
{
    internal const string Name = "Microsoft.ML.ModalityGap.Orleans";

    private static readonly Meter _meter = new(Name);

    internal static ActivitySource Activities { get; } = new(Name);

    internal static Counter<long> Rows { get; } = _meter.CreateCounter<long>("modality_gap.rows", "{row}", "Rows that jobs have read.");

    internal static Counter<long> Shards { get; } = _meter.CreateCounter<long>("modality_gap.shards", "{shard}", "Shards that jobs have done or failed at, by outcome.");

    internal static Counter<long> Queries { get; } = _meter.CreateCounter<long>("modality_gap.queries", "{query}", "Queries that clients have asked, by outcome.");

    internal static Histogram<double> Latency { get; } = _meter.CreateHistogram<double>("modality_gap.search.duration", "s", "How long clients have waited for an answer.");

    internal static Histogram<double> Coverage { get; } = _meter.CreateHistogram<double>("modality_gap.search.coverage", "1", "The share of the rows that answers are of.");

    internal static Counter<long> ShardSearches { get; } = _meter.CreateCounter<long>("modality_gap.shard_searches", "{search}", "Searches of one shard, by outcome.");

    internal static Histogram<int> ScanQueries { get; } = _meter.CreateHistogram<int>("modality_gap.scan.queries", "{query}", "How many queries one scan of a shard has answered: searches that wait share one.");

    internal static Counter<long> SentBytes { get; } = _meter.CreateCounter<long>("modality_gap.search.sent", "By", "Values of queries sent to shards.");

    internal static Counter<long> ReceivedBytes { get; } = _meter.CreateCounter<long>("modality_gap.search.received", "By", "Hits received from shards.");
}
