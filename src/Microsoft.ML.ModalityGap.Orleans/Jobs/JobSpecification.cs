namespace Microsoft.ML.ModalityGap;

/// <summary>What a job is to do: a fit, or a transform where there is a model.</summary>
[GenerateSerializer]
internal sealed record JobSpecification
{
    [Id(0)]
    public JobShard[] Shards { get; init; } = [];

    /// <summary>The modalities: of a shard those its files are of.</summary>
    [Id(1)]
    public string Estimator { get; init; } = "";

    /// <summary>What a fit writes.</summary>
    [Id(2)]
    public string Output { get; init; } = "";

    /// <summary>What a transform applies; empty for a fit.</summary>
    [Id(3)]
    public string Model { get; init; } = "";

    [Id(4)]
    public bool Normalize { get; init; }

    [Id(5)]
    public bool SkipsUnusable { get; init; }

    [Id(6)]
    public int Folds { get; init; } = 1;

    [Id(7)]
    public int SampleRows { get; init; }

    [Id(8)]
    public int Seed { get; init; }

    public bool IsFit => Model.Length == 0;

    public ShardOptions ToOptions() => new()
    {
        Normalize = Normalize,
        UnusableRows = SkipsUnusable ? UnusableRows.Skip : UnusableRows.Throw,
        Folds = Folds,
        SampleRows = SampleRows,
        SampleSeed = Seed,
    };

    /// <summary>The same, in words that are the same for the same job.</summary>
    public string Describe() => System.Text.Json.JsonSerializer.Serialize(this);
}

/// <summary>A shard of a job.</summary>
[GenerateSerializer]
internal sealed record JobShard
{
    [Id(0)]
    public string[] Names { get; init; } = [];

    [Id(1)]
    public string[] Files { get; init; } = [];

    /// <summary>What it becomes; empty in a fit, whose statistics lie in the job's folder.</summary>
    [Id(2)]
    public string Output { get; init; } = "";
}
