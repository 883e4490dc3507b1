using Microsoft.ML.ModalityGap.Tool;

namespace Stores.Tests;

/// <summary>What <c>modality-gap export --sql postgresql</c> writes.</summary>
[TestClass]
public sealed class PostgreSqlExportTests : SqlExportCases
{
    private PostgreSqlStore _store = null!;

    private protected override SqlDialect Dialect => SqlDialect.ByName["postgresql"];

    [TestInitialize]
    public void Open() => _store = PostgreSqlServer.Open();

    /// <summary>All schemas of the test's own go.</summary>
    [TestCleanup]
    public void Close()
    {
        // Where there is no server the test said so.
        if (_store is null)
            return;
        using (_store)
        {
            Do($$"""
                DO $d$ DECLARE s text; BEGIN
                    FOR s IN SELECT nspname FROM pg_namespace WHERE nspname LIKE '{{_store.Schema.Replace("_", "\\_", StringComparison.Ordinal)}}%' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP;
                END $d$
                """);
        }
    }

    [TestMethod]
    public void MapScript_MapsAndRanksAsTheModel()
    {
        CreateTable("gallery", SampleGallery.Raw);
        CreateTable("queries", SampleGallery.RawQueries);
        var model = SampleGallery.Prepared.Model;
        var gallery = Run("gallery", model.PrepareGallery("Text"), "Image", "Text");
        var queries = Run("query", model.PrepareQueries("Text"), "Text");
        Assert.AreEqual(SampleGallery.Prepared.Fingerprint, Ask($"SELECT {gallery}.fingerprint()"));
        Assert.AreEqual(SampleGallery.Prepared.Fingerprint, Ask($"SELECT {queries}.fingerprint()"));

        Do($"CREATE TABLE mapped AS SELECT position, CASE modality WHEN 'Image' THEN {gallery}.\"Image\"(embedding) ELSE {gallery}.\"Text\"(embedding) END AS folded FROM gallery");
        Do($"CREATE TABLE asked AS SELECT position, {queries}.\"Text\"(embedding) AS folded FROM queries");
        AssertNear(SampleGallery.Folded, AskVectors("SELECT position, folded FROM mapped ORDER BY position"));
        AssertNear(SampleGallery.FoldedQueries, AskVectors("SELECT position, folded FROM asked ORDER BY position"));

        // Ranks, by SQL alone.
        var found = AskVectors($"""
            SELECT a.position, array_agg(f.position ORDER BY f.distance, f.position)::vector
            FROM asked a, LATERAL (SELECT m.position, m.folded <#> a.folded AS distance FROM mapped m ORDER BY m.folded <#> a.folded, m.position LIMIT {K}) f
            GROUP BY a.position ORDER BY a.position
            """);
        AssertRanks(SampleGallery.Prepared, [.. found.Select(row => Array.ConvertAll(row, position => (int)position))]);
    }

    private protected override string NameSchema(string name) => $"{_store.Schema}_{name}";

    private protected override string NameTable(string name) => $"{_store.Schema}.{name}";

    private protected override void Do(string sql) => _store.Do(sql);

    private protected override object? Ask(string sql) => _store.Ask(sql);

    private protected override float[][] AskVectors(string sql) => [.. _store.AskVectors(sql).Select(row => row.Vector)];
}
