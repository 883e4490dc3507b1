using System.Globalization;

namespace Cluster;

/// <summary>
/// What jobs and searches send and take on many machines: counts that tests hold (<c>CostTests</c>) times rates that were measured on one machine (docs/scale.md) or, of networks and folders, are taken for granted.
/// <c>dotnet run --project samples/Cluster -- model</c> prints it.
/// </summary>
internal sealed record CostModel
{
    // Counted, with Orleans' headers: beside the path of a shard, the values of queries and the hits.
    internal const int RequestBytes = 370;
    internal const int AnswerBytes = 235;
    internal const int HitBytes = 15;

    /// <summary>Of a shard in a coordinator's state, beside the paths of its files.</summary>
    internal const int StateBytes = 150;

    /// <summary>How often a coordinator looks at each shard that is worked on, a second.</summary>
    internal const int LooksPerSecond = 5;

    /// <summary>How many shards of a silo are looked at: the one that is worked on, and the next.</summary>
    internal const int ShardsPerSilo = 2;

    /// <summary>A look and its answer, beside the paths of the shard, of the job's folder and of its result.</summary>
    internal const int LookBytes = 550;

    internal double Rows { get; init; } = 1e9;

    internal int Machines { get; init; } = 100;

    internal int Cores { get; init; } = 16;

    internal int Dimension { get; init; } = 512;

    internal int K { get; init; } = 10;

    internal int PathLength { get; init; } = 40;

    /// <summary>Measured: bytes a second that the scan of one query reads on a core, and those that a machine's memory is taken to have.</summary>
    internal (double Core, double Machine) ScanBytes { get; init; } = (20e9, 200e9);

    /// <summary>Measured: multiply-adds a second of a core that scans for many queries.</summary>
    internal double ScanProducts { get; init; } = 90e9;

    /// <summary>Measured: rows a second that a core measures for a fit of whitened maps.</summary>
    internal double FitRows { get; init; } = 36_000;

    /// <summary>Measured: seconds of a client's processor for a shard's request and answer, and for each of their bytes.</summary>
    internal (double Message, double Byte) ClientSeconds { get; init; } = (40e-6, 1.5e-9);

    /// <summary>Taken for granted: bytes a second between two machines (10 Gbit/s), and of the folder that all share.</summary>
    internal (double Network, double Folder) Bytes { get; init; } = (1.25e9, 10e9);

    internal static long GetRequestBytes(int queries, int dimension, int pathLength) => RequestBytes + pathLength + (long)sizeof(float) * dimension * queries;

    internal static long GetAnswerBytes(int queries, int k) => AnswerBytes + (long)HitBytes * k * queries;

    /// <summary>The most looks of a coordinator in so many seconds.</summary>
    internal static double GetLooks(int silos, double seconds) => ShardsPerSilo * silos * (LooksPerSecond * seconds + 1);

    internal void Print()
    {
        Say($"{Rows:0e0} rows of {Dimension} float32 values on {Machines} machines of {Cores} cores, {Bytes.Network / 1e9:0.##} GB/s between two, {Bytes.Folder / 1e9:0} GB/s of the folder that all share");
        Say($"");
        Say($"| shards | queries at once | client sends | receives | client s | network s | scan s | answer s | queries/s |");
        Say($"| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var perMachine in new[] { 1, 16, 160 })
        {
            foreach (var queries in new[] { 1, 64, 240 })
            {
                var cost = GetSearch(perMachine * Machines, queries);
                Say($"| {cost.Shards:N0} | {queries} | {cost.Sent / 1e6:N1} MB | {cost.Received / 1e6:N2} MB | {cost.Client:0.000} | {cost.Network:0.000} | {cost.Scan:0.000} | {cost.Client + cost.Network + cost.Scan:0.00} | {queries / Math.Max(cost.Client + cost.Network, cost.Scan):N0} |");
            }
        }

        Say($"");
        Say($"| rows a shard | shards | statistics | messages | state written | read s | measure s | merge s | fit s |");
        Say($"| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var rows in new[] { 50_000.0, 250_000, 1e6, 1e7 })
        {
            var cost = GetFit(rows);
            Say($"| {rows:N0} | {cost.Shards:N0} | {cost.Statistics / 1e9:N1} GB | {cost.Messages:N0}, {cost.MessageBytes / 1e6:N0} MB | {cost.State / 1e9:N2} GB | {cost.Read:N0} | {cost.Measure:N0} | {cost.Merge:N0} | {Math.Max(cost.Read, cost.Measure) + cost.Merge:N0} |");
        }
    }

    internal (int Shards, double Sent, double Received, double Client, double Network, double Scan) GetSearch(int shards, int queries)
    {
        var (sent, received) = ((double)shards * GetRequestBytes(queries, Dimension, PathLength), (double)shards * GetAnswerBytes(queries, K));

        // A shard is scanned by one core; a machine's shards beside each other.
        var cores = Math.Min(Cores, (shards + Machines - 1) / Machines);
        var rows = Rows / Machines;
        var read = rows * Dimension * sizeof(float) / Math.Min(cores * ScanBytes.Core, ScanBytes.Machine);
        var multiply = rows * Dimension * queries / (cores * ScanProducts);
        return (shards, sent, received, shards * ClientSeconds.Message + (sent + received) * ClientSeconds.Byte, (sent + received) / Bytes.Network, Math.Max(read, multiply));
    }

    internal (int Shards, double Statistics, double Messages, double MessageBytes, double State, double Read, double Measure, double Merge) GetFit(double rowsPerShard)
    {
        var shards = (int)Math.Ceiling(Rows / rowsPerShard);
        const int SampleRows = 4000;
        var statistics = shards * (8.0 * Dimension * Dimension + 4.0 * Dimension * Math.Min(SampleRows, rowsPerShard));
        var read = Rows * Dimension * sizeof(float) / Bytes.Folder;

        // Whole shards: the last machines wait for the one that has one more.
        var measure = Math.Ceiling((double)shards / Machines) * rowsPerShard / (Cores * FitRows);
        var seconds = Math.Max(read, measure);
        var messages = 2 * GetLooks(Machines, seconds);

        // Written whole when a shard is done, at most as often as is looked.
        var state = Math.Min(shards, LooksPerSecond * seconds) * shards * (StateBytes + PathLength);
        return (shards, statistics, messages, messages / 2 * (LookBytes + 3 * PathLength), state, read, measure, statistics / Bytes.Network);
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
