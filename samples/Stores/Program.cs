// Corrected vectors in databases, which then rank as EmbeddingIndex does: Parquet in, vectors with the correction folded in out, search in SQL.
//
//   dotnet run -c Release --project samples/Stores                       DuckDB, which runs in this process: nothing to install
//   dotnet run -c Release --project samples/Stores -- postgresql         PostgreSQL with pgvector, at --connection or $MODALITY_GAP_POSTGRES (build/postgres/start brings one up)
using System.CommandLine;
using Microsoft.ML;
using Stores;

var rows = new Option<int>("--rows") { Description = "Rows of the gallery.", DefaultValueFactory = _ => 10_000 };
var dimension = new Option<int>("--dimension") { Description = "Values of a row.", DefaultValueFactory = _ => 512 };
var command = new RootCommand("Writes corrected vectors into databases and compares their ranks with EmbeddingIndex.") { rows, dimension };
command.SetAction(result => Run(result, DuckDbDemo.Run));
var connection = new Option<string?>("--connection") { Description = "Npgsql's connection string of a database in which the extension vector is there, or may be created. Default: $MODALITY_GAP_POSTGRES." };
var postgreSql = new Command("postgresql", "Writes into PostgreSQL with pgvector, exact search and HNSW.") { rows, dimension, connection };
postgreSql.SetAction(result => Run(result, (gallery, _, _) => PostgreSqlDemo.Run(gallery, result.GetValue(connection) ?? Environment.GetEnvironmentVariable("MODALITY_GAP_POSTGRES")
    ?? throw new ArgumentException("Say by --connection or $MODALITY_GAP_POSTGRES which database to write into; build/postgres/start brings one up."))));
command.Add(postgreSql);
return command.Parse(args).Invoke();

int Run(ParseResult result, Func<PreparedGallery, MLContext, string, bool> demo)
{
    const int Queries = 1_000;
    var folder = Directory.CreateTempSubdirectory("modality-gap-stores-").FullName;
    try
    {
        var ml = new MLContext(seed: 1);
        var files = StoreFiles.Draw(ml, folder, result.GetValue(rows), Queries, result.GetValue(dimension));
        var gallery = PreparedGallery.Create(ml, files);
        Console.WriteLine(FormattableString.Invariant($"{result.GetValue(rows):N0} rows of {result.GetValue(dimension)} values, images and texts in one gallery; {Queries:N0} texts ask"));
        Console.WriteLine($"maps and folding: {gallery.Fingerprint}");
        return demo(gallery, ml, folder) ? 0 : 1;
    }
    catch (Exception exception) when (exception is IOException or InvalidDataException or ArgumentException or System.Data.Common.DbException)
    {
        Console.Error.WriteLine($"Stores: {exception.Message}");
        return 2;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}
