using PureHDF;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.h5, in one piece and in chunks.</summary>
internal sealed class Hdf5Target : TableTarget
{
    internal override string Name => "hdf5";

    internal override IReadOnlyList<string> Covers => ["TableFilesCatalog.LoadFromHdf5"];

    internal override InputShape Shape => ByteShape.Any;

    internal override IReadOnlyList<byte[]> CreateSeeds() => [Write(chunks: null), Write(chunks: [5, 4])];

    internal override void Read(FuzzInput input) => Seeds.ReadAll(Seeds.Context.ModalityGap().LoadFromHdf5(input.WriteFile("x.h5")));

    private static byte[] Write(uint[]? chunks) => Seeds.SaveFile("x.h5", path =>
    {
        var matrix = new float[Vectors.Length, 4];
        for (var row = 0; row < Vectors.Length; row++)
        {
            for (var d = 0; d < 4; d++)
                matrix[row, d] = Vectors[row][d];
        }

        var embedding = new H5Dataset(matrix, chunks: chunks);
        embedding.Attributes["modality_gap_fingerprint"] = "0123456789abcdef";
        new H5File
        {
            ["embedding"] = embedding,
            ["id"] = Enumerable.Range(0, Vectors.Length).Select(i => (long)i).ToArray(),
            ["more"] = new H5Group { ["few"] = new double[,] { { 1, 2 }, { 3, 4 } } },
        }.Write(path);
    });
}
