namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>DuckDB, with nothing installed: vectors are arrays of FLOAT outside, lists of DOUBLE on the way, functions are macros.</summary>
internal sealed class DuckDbDialect : SqlDialect
{
    private const string Product = "array_inner_product(t.weights, q.v)::DOUBLE";

    internal override string Name => "DuckDB 1.3 or later";

    internal override bool IgnoresCase => true;

    internal override string GetColumnType(int dimension) => $"FLOAT[{SqlText.Format(dimension)}]";

    internal override string Vector(ReadOnlySpan<float> values) => $"'{SqlText.Values(values)}'::FLOAT[{SqlText.Format(values.Length)}]";

    internal override string Take(string argument, int dimension) => $"{argument}::FLOAT[{SqlText.Format(dimension)}]::DOUBLE[]";

    /// <summary>What a lambda is given is computed for each value it is called with, so the length stands in a column.</summary>
    internal override string Normalize(string v) => $"(SELECT CASE WHEN n.l > 0 THEN list_transform(n.v, lambda e: e / n.l) ELSE n.v END FROM (SELECT {v} AS v, sqrt(list_inner_product({v}, {v})) AS l) n)";

    internal override string Add(string v, ReadOnlySpan<float> offset) => $"list_transform({v}, lambda e, i: e + ({Vector(offset)})[i])";

    internal override string Multiply(string v, ReadOnlySpan<float> factors) => $"list_transform({v}, lambda e, i: e * ({Vector(factors)})[i])";

    internal override string Multiply(string v, float scale, int dimension) => scale == 1 ? v : $"list_transform({v}, lambda e: e * {SqlText.Format(scale)})";

    internal override string Truncate(string v, int dimension) => $"{v}[1:{SqlText.Format(dimension)}]";

    internal override string Project(string v, string table, int dimension) => $"(SELECT list({Product} ORDER BY t.number) FROM {Pair(v, table, dimension)})";

    internal override string Append(string v, IEnumerable<string> values) => $"list_concat({v}, [{string.Join(", ", values)}]::DOUBLE[])";

    internal override string AverageOfLargest(string v, string table, int dimension, int count, string same, string counted) =>
        $"(SELECT list_avg(list_reverse_sort(b.l)[1:{SqlText.Format(count)}]) FROM {Compare(v, table, dimension, same, counted)} b)";

    /// <summary>Relative to the largest, so that nothing overflows.</summary>
    internal override string SoftMaximum(string v, string table, int dimension, string beta, string same, string counted) =>
        $"(SELECT r.m + ln(list_avg(list_transform(r.l, lambda s: exp(greatest({beta} * (s - r.m), -700))))) / {beta} FROM (SELECT b.l, list_max(b.l) AS m FROM {Compare(v, table, dimension, same, counted)} b) r)";

    internal override string CreateFunction(string name, string argument, string body, int dimension) => $"CREATE OR REPLACE MACRO {name}({argument}) AS (SELECT f.v::FLOAT[{SqlText.Format(dimension)}] FROM (\n{body}\n) f);";

    internal override string CreateTextFunction(string name, string text) => $"CREATE OR REPLACE MACRO {name}() AS {SqlText.QuoteText(text)};";

    internal override IEnumerable<string> CreateCentering(string schema, string table, string embedding, string modality) =>
    [
        $"CREATE OR REPLACE MACRO {schema}.unit(x) AS {Normalize("x")};",
        $"CREATE TABLE {schema}.means AS",
        $"SELECT {modality}, max(rows) AS rows, list(mean ORDER BY place) AS mean FROM (",
        $"    SELECT {modality}, place, count(*) AS rows, avg(value) AS mean FROM (",
        $"        SELECT {modality}, generate_subscripts(u, 1) AS place, unnest(u) AS value FROM (",
        $"            SELECT {modality}, {schema}.unit({embedding}::DOUBLE[]) AS u FROM {table} WHERE list_inner_product({embedding}::DOUBLE[], {embedding}::DOUBLE[]) > 0))",
        $"    GROUP BY {modality}, place)",
        $"GROUP BY {modality};",
        $"CREATE VIEW {schema}.centered AS",
        $"SELECT t.* EXCLUDE (unit_of_it, mean_of_it), {schema}.unit(list_transform(list_zip(t.unit_of_it, t.mean_of_it), lambda p: p[1] - p[2]))::FLOAT[] AS centered",
        $"FROM (SELECT r.*, {schema}.unit(r.{embedding}::DOUBLE[]) AS unit_of_it, m.mean AS mean_of_it FROM {table} r JOIN {schema}.means m ON m.{modality} = r.{modality}) t;",
    ];

    /// <summary>A vector, made an array once, beside each row of a table.</summary>
    private static string Pair(string v, string table, int dimension) => $"(SELECT {v}::FLOAT[{SqlText.Format(dimension)}] AS v) q, {table} t";

    private static string Compare(string v, string table, int dimension, string same, string counted) =>
        $"(SELECT list(CASE WHEN p.s > {same} THEN {counted} ELSE p.s END) AS l FROM (SELECT {Product} AS s FROM {Pair(v, table, dimension)}) p)";
}
