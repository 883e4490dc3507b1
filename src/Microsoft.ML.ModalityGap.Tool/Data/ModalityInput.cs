namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The modalities of a command line as one data view over their .npy files.</summary>
/// <param name="Names">In the order given.</param>
/// <param name="Paths">The file of each; the same for all with <c>--pair</c>.</param>
/// <param name="View">A column per modality, called as it is.</param>
internal sealed record ModalityInput(IReadOnlyList<string> Names, IReadOnlyList<string> Paths, IDataView View)
{
    internal long RowCount => View.GetRowCount()!.Value;

    internal int GetDimension(string name) => ((Data.VectorDataViewType)View.Schema[name].Type).Size;

    internal string GetPath(string name) => Paths[Names.ToList().IndexOf(name)];
}
