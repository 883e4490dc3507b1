namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Every kind of files of embeddings: how each is written and read with a column "Embedding".</summary>
internal static class FileKinds
{
    internal static IReadOnlyList<string> Extensions { get; } = [".npy", ".npz", ".safetensors", ".parquet", ".arrow", ".h5"];

    internal static void Write(MLContext ml, IDataView data, string path)
    {
        var catalog = ml.ModalityGap();
        switch (Path.GetExtension(path))
        {
            case ".npy":
                catalog.SaveAsNpy(data, path, "Embedding");
                break;
            case ".npz":
                catalog.SaveAsNpz(data, path, ["Embedding"]);
                break;
            case ".safetensors":
                catalog.SaveAsSafetensors(data, path, ["Embedding"]);
                break;
            case ".parquet":
                catalog.SaveAsParquet(data, path);
                break;
            case ".arrow":
                catalog.SaveAsArrow(data, path);
                break;
            default:
                catalog.SaveAsHdf5(data, path);
                break;
        }
    }

    internal static IDataView Load(MLContext ml, string path) => Path.GetExtension(path) switch
    {
        ".npy" or ".npz" or ".safetensors" => ml.ModalityGap().LoadFromFiles(path, "Embedding"),
        ".parquet" => ml.ModalityGap().LoadFromParquet(path, ["Embedding"]),
        ".arrow" => ml.ModalityGap().LoadFromArrow(path, ["Embedding"]),
        _ => ml.ModalityGap().LoadFromHdf5(path, ["Embedding"]),
    };
}
