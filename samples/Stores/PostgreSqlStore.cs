using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Npgsql;
using NpgsqlTypes;
using Pgvector;

namespace Stores;

/// <summary>
/// Corrected vectors in PostgreSQL with pgvector: mapped ones, searched by the cosine (<c>&lt;=&gt;</c>), and folded ones, searched by the inner product (<c>&lt;#&gt;</c>), which ranks by corrected scores. Each row says its
/// modality and the maps it came through.
/// </summary>
internal sealed class PostgreSqlStore : IDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private readonly string _schema;

    /// <summary>The schema's name.</summary>
    public string Schema => _schema;

    /// <summary>Connects.</summary>
    /// <param name="connectionString">Of a database in which the extension vector is there, or may be created.</param>
    /// <param name="schema">The schema to make; in one that is there the tables of galleries are replaced.</param>
    public PostgreSqlStore(string connectionString, string schema)
    {
        _schema = schema;
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.UseVector();
        _source = builder.Build();
        _connection = _source.OpenConnection();
        // "If not exists" looks and makes, in two steps: of two that look at once the second fails. The lock, which every store of this database takes, ends with the transaction.
        Do($"""
            BEGIN;
            SELECT pg_advisory_xact_lock(hashtext('{nameof(PostgreSqlStore)}'));
            CREATE EXTENSION IF NOT EXISTS vector;
            CREATE SCHEMA IF NOT EXISTS {schema};
            COMMIT
            """);
        _connection.ReloadTypes();
        Do($"SET search_path TO {schema}, public");
    }

    /// <summary>PostgreSQL's version and pgvector's.</summary>
    public string Version => $"PostgreSQL {_connection.PostgreSqlVersion}, pgvector {Ask("SELECT extversion FROM pg_extension WHERE extname = 'vector'")}";

    /// <summary>Streams the gallery into new tables, one for each way to rank.</summary>
    /// <param name="gallery">Columns Position, Modality, Mapped and Folded.</param>
    /// <param name="fingerprint">Which maps and folding the vectors came through.</param>
    /// <returns>The number of rows.</returns>
    public ulong Write(IDataView gallery, string fingerprint)
    {
        Copy(gallery, "Mapped", GetTable(StoreRanking.Cosine), fingerprint);
        return Copy(gallery, "Folded", GetTable(StoreRanking.InnerProduct), fingerprint);
    }

    private ulong Copy(IDataView gallery, string column, string table, string fingerprint)
    {
        // Plain: a vector of some hundred values would otherwise lie beside the table, each to be fetched from there. A page holds 8 kB, though.
        var dimension = ((VectorDataViewType)gallery.Schema[column].Type).Size;
        var storage = dimension * sizeof(float) < 8_000 ? "PLAIN" : "EXTERNAL";
        Do(string.Create(CultureInfo.InvariantCulture, $"""
            DROP TABLE IF EXISTS {table};
            CREATE TABLE {table} (position integer PRIMARY KEY, modality text NOT NULL, fingerprint text NOT NULL, embedding vector({dimension}) NOT NULL);
            ALTER TABLE {table} ALTER COLUMN embedding SET STORAGE {storage}
            """));
        using var cursor = gallery.GetRowCursor(gallery.Schema.Where(other => other.Name is "Position" or "Modality" || other.Name == column));
        var getPosition = cursor.GetGetter<long>(gallery.Schema["Position"]);
        var getModality = cursor.GetGetter<ReadOnlyMemory<char>>(gallery.Schema["Modality"]);
        var getVector = cursor.GetGetter<VBuffer<float>>(gallery.Schema[column]);
        var (position, modality, vector) = (0L, default(ReadOnlyMemory<char>), default(VBuffer<float>));
        using var writer = _connection.BeginBinaryImport($"COPY {table} (position, modality, fingerprint, embedding) FROM STDIN (FORMAT BINARY)");
        while (cursor.MoveNext())
        {
            getPosition(ref position);
            getModality(ref modality);
            getVector(ref vector);
            writer.StartRow();
            writer.Write((int)position, NpgsqlDbType.Integer);
            writer.Write(modality.ToString(), NpgsqlDbType.Text);
            writer.Write(fingerprint, NpgsqlDbType.Text);
            writer.Write(new Vector(vector.DenseValues().ToArray()));
        }

        var rows = writer.Complete();
        writer.Close();
        Do($"ANALYZE {table}");
        return rows;
    }

    /// <summary>Builds pgvector's approximate indexes, for inner products of folded vectors and for cosines of mapped ones.</summary>
    public void CreateIndexes()
    {
        Do($"CREATE INDEX folded_hnsw ON {GetTable(StoreRanking.InnerProduct)} USING hnsw (embedding vector_ip_ops)");
        Do($"CREATE INDEX mapped_hnsw ON {GetTable(StoreRanking.Cosine)} USING hnsw (embedding vector_cosine_ops)");
    }

    /// <summary>Per query the positions found, best first.</summary>
    /// <param name="ranking">What to rank by.</param>
    /// <param name="queries">Vectors of that kind.</param>
    /// <param name="fingerprint">Which maps and folding the queries came through; rows of others are not found.</param>
    /// <param name="k">How many.</param>
    /// <param name="modality">Of one modality alone; <see langword="null"/> for all.</param>
    /// <param name="candidates">How many rows HNSW keeps in sight (<c>hnsw.ef_search</c>); <see langword="null"/> for an exact search, which reads all rows.</param>
    public int[][] Search(StoreRanking ranking, float[][] queries, string fingerprint, int k, string? modality = null, int? candidates = null)
    {
        UseIndex(candidates);
        using var command = Prepare(CreateSearch(ranking, modality is not null, isExact: candidates is null), fingerprint, k, modality);
        return [.. queries.Select(query =>
        {
            command.Parameters["query"].Value = new Vector(query);
            var found = new List<int>();
            using var reader = command.ExecuteReader();
            while (reader.Read())
                found.Add(reader.GetInt32(0));
            return found.ToArray();
        })];
    }

    /// <summary>What the planner does for such a search: the node that reads the table, as EXPLAIN names it.</summary>
    public string Explain(StoreRanking ranking, float[] query, string fingerprint, int k, int? candidates)
    {
        UseIndex(candidates);
        using var command = Prepare("EXPLAIN (COSTS OFF) " + CreateSearch(ranking, withModality: false, isExact: candidates is null), fingerprint, k, modality: null);
        command.Parameters["query"].Value = new Vector(query);
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
            lines.Add(reader.GetString(0).Trim());
        return lines.First(line => line.Contains($" on {GetTable(ranking)}", StringComparison.Ordinal)).TrimStart('-', '>', ' ');
    }

    /// <summary>Removes what was made.</summary>
    public void Drop() => Do($"DROP SCHEMA {_schema} CASCADE");

    public void Dispose()
    {
        _connection.Dispose();
        _source.Dispose();
    }

    /// <summary>Runs a statement or several.</summary>
    internal void Do(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 0 };
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a query of numbers and vectors.</summary>
    internal IReadOnlyList<(int Number, float[] Vector)> AskVectors(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 0 };
        using var reader = command.ExecuteReader();
        var rows = new List<(int, float[])>();
        while (reader.Read())
            rows.Add((reader.GetInt32(0), reader.GetFieldValue<Vector>(1).ToArray()));
        return rows;
    }

    /// <summary>Runs a query of one value.</summary>
    internal object? Ask(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 0 };
        return command.ExecuteScalar();
    }

    private void UseIndex(int? candidates) => Do(candidates is { } count
        ? string.Create(CultureInfo.InvariantCulture, $"SET enable_indexscan = on; SET hnsw.ef_search = {count}")
        : "SET enable_indexscan = off");

    private NpgsqlCommand Prepare(string sql, string fingerprint, int k, string? modality)
    {
        var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter("query", new Vector(new float[1])));
        command.Parameters.AddWithValue("fingerprint", fingerprint);
        command.Parameters.AddWithValue("k", k);
        if (modality is not null)
            command.Parameters.AddWithValue("modality", modality);
        return command;
    }

    // An index gives rows by distance alone; only a sort of all rows can be asked for the order of equal ones, too.
    private static string CreateSearch(StoreRanking ranking, bool withModality, bool isExact)
    {
        var distance = ranking == StoreRanking.InnerProduct ? "<#>" : "<=>";
        return $"SELECT position FROM {GetTable(ranking)} WHERE fingerprint = @fingerprint{(withModality ? " AND modality = @modality" : "")} ORDER BY embedding {distance} @query{(isExact ? ", position" : "")} LIMIT @k";
    }

    private static string GetTable(StoreRanking ranking) => ranking == StoreRanking.InnerProduct ? "gallery_folded" : "gallery_mapped";
}
