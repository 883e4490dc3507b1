namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The part of a model folder that makes embeddings of images, or the one for texts.</summary>
internal sealed class EmbeddingModel
{
    private readonly string[] _files;
    private readonly string _choices;

    internal EmbeddingModel(string folder, bool isImages, EncoderChoices choices)
    {
        Folder = folder;
        _choices = choices.Describe(isImages);
        _files = ModelFolderFiles.Find(folder, isImages);
    }

    internal string Folder { get; }

    /// <summary>SHA-256 over the names and contents of the files that decide on an embedding, and what was chosen beside them.</summary>
    internal string ComputeFingerprint(RowCounter counter) => ModelFolderFiles.ComputeFingerprint(_files, _choices, () => counter.Add(0));
}
