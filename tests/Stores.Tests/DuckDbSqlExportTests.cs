using DuckDB.NET.Data;
using Microsoft.ML;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.ModalityGap.Tool;

namespace Stores.Tests;

/// <summary>What <c>modality-gap export --sql duckdb</c> writes.</summary>
[TestClass]
public sealed class DuckDbSqlExportTests : SqlExportCases, IDisposable
{
    // A macro takes microseconds for each row of the bank.
    private const int BankRows = 100;

    private readonly DuckDBConnection _connection = new("Data Source=:memory:");

    public DuckDbSqlExportTests() => _connection.Open();

    private protected override SqlDialect Dialect => SqlDialect.ByName["duckdb"];

    public void Dispose() => _connection.Dispose();

    [TestMethod]
    public void MapScript_MapsAndRanksAsTheModel()
    {
        CreateTable("gallery", SampleGallery.Raw);
        CreateTable("queries", SampleGallery.RawQueries);
        var prepared = PreparedGallery.Create(new MLContext(seed: 1), SampleGallery.Drawn, new SimilarityCorrectionOptions { MaximumBankRows = BankRows });
        var model = prepared.Model;
        Run("of_gallery", model.PrepareGallery("Text"), "Image", "Text");
        Run("of_queries", model.PrepareQueries("Text"), "Text");
        Assert.AreEqual(prepared.Fingerprint, Ask("SELECT of_gallery.fingerprint()"));
        Assert.AreEqual(prepared.Fingerprint, Ask("SELECT of_queries.fingerprint()"));

        Do("CREATE TABLE mapped AS SELECT position, of_gallery.\"Image\"(embedding) AS folded FROM gallery WHERE modality = 'Image' UNION ALL SELECT position, of_gallery.\"Text\"(embedding) FROM gallery WHERE modality = 'Text'");
        Do("CREATE TABLE asked AS SELECT position, of_queries.\"Text\"(embedding) AS folded FROM queries");
        AssertNear(RankComparison.ReadVectors(prepared.Gallery, "Folded"), AskVectors("SELECT position, folded FROM mapped ORDER BY position"));
        AssertNear(RankComparison.ReadVectors(prepared.Queries, "Folded"), AskVectors("SELECT position, folded FROM asked ORDER BY position"));

        // Ranks, by SQL alone.
        var found = AskRows($"SELECT max_by(m.position, array_inner_product(m.folded, a.folded), {K}) FROM asked a, mapped m GROUP BY a.position ORDER BY a.position")
            .Select(row => ((System.Collections.IEnumerable)row[0]).Cast<int>().ToArray()).ToArray();
        AssertRanks(prepared, found);
    }

    [TestMethod]
    public void MapScript_ModalitiesOfOneNameToDuckDb_AreRefused()
    {
        var map = new EmbeddingMap(4, new L2NormalizeStep());
        Assert.Contains("'image' and 'Image'", Assert.ThrowsExactly<UsageException>(() => SqlMapScript.Write(TextWriter.Null, Dialect, "s", "f", [("image", map), ("Image", map)])).Message);
    }

    private protected override string NameSchema(string name) => name;

    private protected override string NameTable(string name) => $"main.{name}";

    private protected override void Do(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private protected override object? Ask(string sql) => AskRows(sql)[0][0];

    private protected override float[][] AskVectors(string sql) => [.. AskRows(sql).Select(row => ((System.Collections.IEnumerable)row[1]).Cast<float>().ToArray())];

    private List<object[]> AskRows(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)]);
        return rows;
    }
}
