namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.parquet.</summary>
internal sealed class ParquetTarget : TableTarget
{
    internal override string Name => "parquet";

    internal override IReadOnlyList<string> Covers => ["TableFilesCatalog.LoadFromParquet"];

    internal override InputShape Shape { get; } = new TailShape(magicLength: 4);

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        Seeds.SaveFile("x.parquet", path => Seeds.Context.ModalityGap().SaveAsParquet(Table, path)),
        Seeds.SaveFile("x.parquet", path => Seeds.Context.ModalityGap().SaveAsParquet(Table, path, rowGroupRows: 5)),

        // Of another writer: numbers and texts by their differences.
        .. new[] { "delta.parquet", "delta-length.parquet" }.Select(name => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name))),
    ];

    internal override void Read(FuzzInput input) => Seeds.ReadAll(Seeds.Context.ModalityGap().LoadFromParquet(input.WriteFile("x.parquet")));
}
