namespace Stores.Tests;

/// <summary>The PostgreSQL that tests write into: <c>$MODALITY_GAP_POSTGRES</c>, which <c>.ci/run</c> sets to one of its own (build/postgres/start).</summary>
internal static class PostgreSqlServer
{
    private const string Variable = "MODALITY_GAP_POSTGRES";

    /// <summary>A store in a schema of its own.</summary>
    public static PostgreSqlStore Open() => new(GetConnectionString(), $"stores_{Guid.NewGuid():N}");

    /// <summary>The server's. Without one the test has failed in CI, and elsewhere says that it was not run.</summary>
    public static string GetConnectionString()
    {
        var connectionString = Environment.GetEnvironmentVariable(Variable);
        if (connectionString?.StartsWith("failed:", StringComparison.Ordinal) == true)
            Assert.Fail($"The PostgreSQL of this run could not be started, {connectionString}");
        if (connectionString is { Length: > 0 })
            return connectionString;
        var reason = $"${Variable} names no PostgreSQL with pgvector; build/postgres/start brings one up and prints what to set it to.";
        if (Environment.GetEnvironmentVariable("CI") is "true" or "1")
            Assert.Fail(reason);
        Assert.Inconclusive(reason);
        throw new InvalidOperationException(reason);
    }
}
