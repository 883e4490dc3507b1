using System.Globalization;
using DuckDB.NET.Data;

namespace Stores;

/// <summary>Folded vectors in DuckDB, which runs in this process: read from Parquet by SQL, and searched by the inner product.</summary>
internal sealed class DuckDbStore : IDisposable
{
    private readonly DuckDBConnection _connection;

    /// <summary>Opens a database.</summary>
    /// <param name="path">Its file; <c>:memory:</c> for none.</param>
    public DuckDbStore(string path)
    {
        _connection = new DuckDBConnection($"Data Source={path}");
        _connection.Open();
    }

    /// <summary>DuckDB's version.</summary>
    public string Version => (string)Ask("SELECT version()")!;

    /// <summary>Reads prepared vectors into the tables gallery and queries.</summary>
    /// <param name="gallery">A Parquet file with the columns Position, Modality and Folded.</param>
    /// <param name="queries">A Parquet file with the columns Position and Folded.</param>
    /// <param name="dimension">The values of a folded vector.</param>
    /// <exception cref="InvalidDataException">The two files came through different maps.</exception>
    public void Load(string gallery, string queries, int dimension)
    {
        var (of, with) = (ReadFingerprint(gallery), ReadFingerprint(queries));
        if (of != with)
            throw new InvalidDataException($"The gallery came through the maps '{of}', the queries through '{with}': their inner products mean nothing.");
        var vector = string.Create(CultureInfo.InvariantCulture, $"Folded::FLOAT[{dimension}] AS Folded");
        Do($"CREATE OR REPLACE TABLE gallery AS SELECT Position::INTEGER AS Position, Modality, {vector} FROM read_parquet({Quote(gallery)})");
        Do($"CREATE OR REPLACE TABLE queries AS SELECT Position::INTEGER AS Position, {vector} FROM read_parquet({Quote(queries)})");
    }

    /// <summary>Per query the positions of the rows with the largest inner products, best first; of equal ones the first.</summary>
    /// <param name="k">How many.</param>
    /// <param name="modality">Of one modality alone; <see langword="null"/> for all.</param>
    public int[][] Search(int k, string? modality = null)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = """
            SELECT Position FROM gallery
            WHERE $modality IS NULL OR Modality = $modality
            ORDER BY array_inner_product(Folded, (SELECT Folded FROM queries WHERE Position = $query)) DESC, Position
            LIMIT $k
            """;
        var found = new int[Convert.ToInt32(Ask("SELECT count(*) FROM queries"), CultureInfo.InvariantCulture)][];
        for (var query = 0; query < found.Length; query++)
        {
            command.Parameters.Clear();
            command.Parameters.Add(new DuckDBParameter("query", query));
            command.Parameters.Add(new DuckDBParameter("k", k));
            command.Parameters.Add(new DuckDBParameter("modality", modality));
            using var reader = command.ExecuteReader();
            var positions = new List<int>();
            while (reader.Read())
                positions.Add(reader.GetInt32(0));
            found[query] = [.. positions];
        }

        return found;
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>What the file says of the maps its vectors came through.</summary>
    private string ReadFingerprint(string path) => Ask($"SELECT decode(value) FROM parquet_kv_metadata({Quote(path)}) WHERE decode(key) = 'modality_gap_fingerprint.Folded'") as string
        ?? throw new InvalidDataException($"'{path}' does not say which maps its vectors came through.");

    private object? Ask(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private void Do(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
