namespace Microsoft.ML.ModalityGap;

/// <summary>numpy's arrays, one a file.</summary>
internal sealed class NpyFormat : IEmbeddingFormat
{
    public string Extension => ".npy";

    public bool HasMembers => false;

    public IReadOnlyList<(string Member, StoredMatrix Matrix)> List(string path, Action<string> warn)
    {
        var header = NpyHeader.Read(path);
        var modalities = header.Shape.Count == 3 && header.Shape[0] <= int.MaxValue ? (int)header.Shape[0] : 1;
        return [("", new StoredMatrix(path, header.Shape, header.Format, header.IsFortranOrder, new MatrixBytes(path), header.DataOffset, NpySidecar.Read(path, modalities, warn)))];
    }
}
