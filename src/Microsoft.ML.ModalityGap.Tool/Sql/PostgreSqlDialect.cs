namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>PostgreSQL with pgvector.</summary>
internal sealed class PostgreSqlDialect : SqlDialect
{
    internal override string Name => "PostgreSQL with pgvector 0.7 or later";

    internal override bool IgnoresCase => false;

    internal override string GetColumnType(int dimension) => $"vector({SqlText.Format(dimension)})";

    internal override string Vector(ReadOnlySpan<float> values) => $"'{SqlText.Values(values)}'::vector";

    internal override string Take(string argument, int dimension) => $"{argument}::vector({SqlText.Format(dimension)})";

    internal override string Normalize(string v) => $"l2_normalize({v})";

    internal override string Add(string v, ReadOnlySpan<float> offset) => $"{v} + {Vector(offset)}";

    internal override string Multiply(string v, ReadOnlySpan<float> factors) => $"{v} * {Vector(factors)}";

    internal override string Multiply(string v, float scale, int dimension) => scale == 1 ? v : $"{v} * array_fill({SqlText.Format(scale)}::float4, ARRAY[{SqlText.Format(dimension)}])::vector";

    internal override string Truncate(string v, int dimension) => $"subvector({v}, 1, {SqlText.Format(dimension)})";

    internal override string Project(string v, string table, int dimension) => $"(SELECT array_agg(inner_product(t.weights, {v}) ORDER BY t.number)::vector FROM {table} t)";

    internal override string Append(string v, IEnumerable<string> values) => $"{v} || ARRAY[{string.Join(", ", values)}]::vector";

    internal override string AverageOfLargest(string v, string table, int dimension, int count, string same, string counted) =>
        $"(SELECT avg(n.s) FROM (SELECT b.s FROM {Compare(v, table, same, counted)} b ORDER BY b.s DESC LIMIT {SqlText.Format(count)}) n)";

    /// <summary>Similarities are at most 1, so relative to that nothing overflows; where all of it would vanish, it is relative to the largest.</summary>
    internal override string SoftMaximum(string v, string table, int dimension, string beta, string same, string counted) =>
        $"(SELECT max(r.largest) + ln(avg(exp(greatest({beta} * (r.s - r.largest), -700)))) / {beta} FROM (SELECT b.s, max(b.s) OVER () AS largest FROM {Compare(v, table, same, counted)} b) r)";

    internal override string CreateFunction(string name, string argument, string body, int dimension) =>
        $"CREATE OR REPLACE FUNCTION {name}({argument} vector) RETURNS vector LANGUAGE sql STABLE STRICT PARALLEL SAFE AS {SqlText.QuoteBody(body)};";

    internal override string CreateTextFunction(string name, string text) => $"CREATE OR REPLACE FUNCTION {name}() RETURNS text LANGUAGE sql IMMUTABLE AS {SqlText.QuoteBody($"SELECT {SqlText.QuoteText(text)}")};";

    internal override IEnumerable<string> CreateCentering(string schema, string table, string embedding, string modality) =>
    [
        $"CREATE TABLE {schema}.means AS",
        $"SELECT {modality}, count(*) AS rows, avg(l2_normalize({embedding})) AS mean FROM {table} WHERE vector_norm({embedding}) > 0 GROUP BY {modality};",
        $"ALTER TABLE {schema}.means ADD PRIMARY KEY ({modality});",
        $"CREATE VIEW {schema}.centered AS",
        $"SELECT t.*, l2_normalize(l2_normalize(t.{embedding}) - m.mean) AS centered FROM {table} t JOIN {schema}.means m ON m.{modality} = t.{modality};",
    ];

    private static string Compare(string v, string table, string same, string counted) =>
        $"(SELECT CASE WHEN p.s > {same} THEN {counted} ELSE p.s END AS s FROM (SELECT inner_product(t.weights, {v}) AS s FROM {table} t) p)";
}
