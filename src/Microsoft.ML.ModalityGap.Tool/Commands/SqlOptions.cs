using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary><c>--sql</c> and what goes with it: maps as functions for a database, in the place of an ONNX model.</summary>
internal sealed class SqlOptions
{
    private readonly Option<string> _sql = new("--sql")
    {
        Description = "Write SQL instead, for PostgreSQL with pgvector unless duckdb is said: a function per modality, for those who cannot run anything else where the vectors are.",
        HelpName = string.Join('|', SqlDialect.ByName.Keys),
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _center = new("--center")
    {
        Description = "--sql without --map: centring wholly in SQL. Names the table, its column of vectors and its column of modalities.",
        HelpName = "table:vector:modality",
    };

    private readonly Option<string> _schema = new("--schema") { Description = "--sql: the schema to make. Default modality_gap; with --for-store modality_gap_gallery or modality_gap_query.", HelpName = "name" };

    internal void AddTo(Command command)
    {
        command.Options.Add(_sql);
        command.Options.Add(_center);
        command.Options.Add(_schema);
    }

    internal bool IsSql(ParseResult result)
    {
        var isSql = result.GetResult(_sql) is { Implicit: false };
        if (!isSql && (result.GetValue(_center) ?? result.GetValue(_schema)) is not null)
            throw new UsageException("--center and --schema go with --sql.");
        return isSql;
    }

    internal SqlDialect GetDialect(ParseResult result) => SqlDialect.ByName.TryGetValue(result.GetValue(_sql) ?? "postgresql", out var dialect)
        ? dialect
        : throw new UsageException($"--sql is for {string.Join(" or ", SqlDialect.ByName.Keys)}, not for '{result.GetValue(_sql)}'.");

    /// <summary>The names of <c>--center</c>; <see langword="null"/> where it is not given.</summary>
    internal (string Table, string Embedding, string Modality)? GetCentering(ParseResult result) => result.GetValue(_center)?.Split(':') switch
    {
        null => null,
        [{ Length: > 0 } table, { Length: > 0 } embedding, { Length: > 0 } modality] => (table, embedding, modality),
        _ => throw new UsageException($"--center takes a table, its column of vectors and its column of modalities, such as gallery:embedding:modality, but '{result.GetValue(_center)}' was given."),
    };

    internal string GetSchema(ParseResult result, string? side) => result.GetValue(_schema) ?? (side is null ? "modality_gap" : $"modality_gap_{side}");
}
