namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Stored classes; each is classified by.</summary>
internal sealed class ClassesTarget : StoredTarget
{
    internal override string Name => "classes";

    internal override IReadOnlyList<string> Covers => ["ZeroShotClasses.Load"];

    internal override double Share => 2;

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        Seeds.SaveFile("classes", new ZeroShotClasses(["cat", "über-dog", "bird"], [Seeds.Rows(1, Seeds.Dimension, 1), Seeds.Rows(1, Seeds.Dimension, 2), Seeds.Rows(1, Seeds.Dimension, 3)]).Save),
    ];

    internal override void Read(FuzzInput input)
    {
        var classes = ZeroShotClasses.Load(input.WriteFile("classes.bin"));
        _ = string.Join(",", classes.Names);
        Seeds.ExpectFinite(classes.Embeddings.Span, "a class's embedding");
    }
}
