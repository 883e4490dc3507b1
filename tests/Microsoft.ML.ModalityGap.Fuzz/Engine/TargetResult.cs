namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>What a number of inputs of one reader came to.</summary>
internal sealed record TargetResult
{
    public required string Target { get; init; }

    /// <summary>How many were read.</summary>
    public long Inputs { get; set; }

    /// <summary>Of them, those that were read without an error.</summary>
    public long Accepted { get; set; }

    public double SlowestSeconds { get; set; }

    public double ProcessorSeconds { get; set; }

    public long MostBytes { get; set; }

    /// <summary>The cells of <see cref="EdgeMap"/> gone over, a bit each; empty where nothing is instrumented.</summary>
    public byte[] Edges { get; set; } = [];

    /// <summary>One of each place.</summary>
    public List<FuzzFault> Faults { get; init; } = [];

    /// <summary>How many inputs broke what is promised.</summary>
    public long FaultCount { get; set; }

    internal int EdgeCount => Edges.Sum(cells => int.PopCount(cells));

    internal void Add(TargetResult other)
    {
        Inputs += other.Inputs;
        Accepted += other.Accepted;
        FaultCount += other.FaultCount;
        ProcessorSeconds += other.ProcessorSeconds;
        SlowestSeconds = Math.Max(SlowestSeconds, other.SlowestSeconds);
        MostBytes = Math.Max(MostBytes, other.MostBytes);
        if (Edges.Length == 0)
            Edges = other.Edges;
        else
            Edges = [.. Edges.Zip(other.Edges, (a, b) => (byte)(a | b))];
        Faults.AddRange(other.Faults.Where(fault => !Faults.Any(known => known.Kind == fault.Kind && known.Place == fault.Place)));
    }
}
