namespace Microsoft.ML.ModalityGap;

/// <summary>What a shard's grain is asked to do.</summary>
[GenerateSerializer]
internal sealed record ShardTask
{
    [Id(0)]
    public JobSpecification Job { get; init; } = new();

    [Id(1)]
    public int Number { get; init; }

    /// <summary>Where the job keeps its results.</summary>
    [Id(2)]
    public string Folder { get; init; } = "";

    /// <summary>The shard; the job comes without any.</summary>
    [Id(3)]
    public JobShard Shard { get; init; } = new();

    internal string RecordPath => Path.Combine(Folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Number}.done"));

    internal string ResultPath => Job.IsFit ? GetStatisticsPath(Folder, Number) : Shard.Output;

    internal static string GetStatisticsPath(string folder, int number) => Path.Combine(folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number}.stats"));
}

/// <summary>How far a shard is.</summary>
[GenerateSerializer]
internal sealed record ShardReport
{
    [Id(0)]
    public ClusterJobState State { get; init; }

    [Id(1)]
    public long Rows { get; init; }

    [Id(2)]
    public string Silo { get; init; } = "";

    [Id(3)]
    public string? Error { get; init; }
}
