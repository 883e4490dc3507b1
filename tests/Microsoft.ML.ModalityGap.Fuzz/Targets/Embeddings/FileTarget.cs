namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A file of embeddings, loaded and read to its end.</summary>
internal abstract class FileTarget : FuzzTarget
{
    /// <summary>By which the format is known.</summary>
    protected abstract string Extension { get; }

    internal override double Share => 2;

    internal override IReadOnlyList<string> Covers => ["ModalityGapCatalog.LoadFromFiles"];

    internal override void Read(FuzzInput input) => Seeds.ReadAll(Seeds.Context.ModalityGap().LoadFromFiles((nameof(Seeds.Pair.Image), input.WriteFile("x" + Extension))));
}
