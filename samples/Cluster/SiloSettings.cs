using System.Globalization;

namespace Cluster;

/// <summary>What a silo is told when its process is started, as <c>--Name value</c>.</summary>
internal sealed record SiloSettings
{
    /// <summary>The folder that all silos share.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Where it listens.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The port for silos.</summary>
    public int SiloPort { get; init; }

    /// <summary>The port for clients.</summary>
    public int GatewayPort { get; init; }

    /// <summary>The Redis that keeps the membership; <see langword="null"/> for the silo at <see cref="PrimaryPort"/>.</summary>
    public string? Redis { get; init; }

    /// <summary>The port of the silo that keeps the membership where there is no Redis.</summary>
    public int PrimaryPort { get; init; }

    /// <summary>How long a shard may stand still before it is tried elsewhere.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>After how long, twice in a row, another silo that does not answer is taken for dead. Silos that are far from each other, or busy, are given longer.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many searches it computes at once: where silos share a machine, its share of the cores.</summary>
    public int ConcurrentSearches { get; init; } = Environment.ProcessorCount;

    internal IEnumerable<string> ToArguments() =>
    [
        "--Folder", Folder,
        "--Address", Address,
        "--SiloPort", Text(SiloPort),
        "--GatewayPort", Text(GatewayPort),
        "--PrimaryPort", Text(PrimaryPort),
        "--StallTimeout", StallTimeout.ToString(null, CultureInfo.InvariantCulture),
        "--ProbeTimeout", ProbeTimeout.ToString(null, CultureInfo.InvariantCulture),
        "--ConcurrentSearches", Text(ConcurrentSearches),
        .. Redis is null ? Array.Empty<string>() : ["--Redis", Redis],
    ];

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
