using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Conformance;

/// <summary>ONNX equals managed, within 1e-5, for whatever maps a transformer holds: through our export, and through ML.NET's.</summary>
internal static class OnnxConformance
{
    /// <summary>Checks a transformer on the rows it was fitted on, and on rows that are special.</summary>
    public static void Check(MLContext context, EmbeddingMapTransformer transformer, IDataView data)
    {
        using var folder = new TemporaryFolder();
        foreach (var (modality, input) in transformer.Modalities.Select((entry, i) => (entry, transformer.Columns.Pairs[transformer.Columns.ModalityColumnName is null ? i : 0].Input)))
        {
            var (map, dimension) = (modality.Map, modality.Map.InputDimension);
            var rows = AddSpecialRows(ReadRows(data, input), dimension);
            var path = folder.File($"{modality.Modality}.onnx");
            context.ModalityGap().SaveAsOnnx(transformer, modality.Modality, path);
            OnnxRun.AssertClose(Apply(map, rows), OnnxRun.Run(path, "mapped", ("embedding", rows, dimension)), map.OutputDimension, $"{modality.Modality}, {map}");
            Assert.AreEqual(transformer.Fingerprint, context.ModalityGap().ReadOnnxFingerprints(path)["mapped"]);
        }

        if (transformer.Columns.ModalityColumnName is null)
            CheckAllColumns(context, transformer, data, folder);
    }

    private static void CheckAllColumns(MLContext context, EmbeddingMapTransformer transformer, IDataView data, TemporaryFolder folder)
    {
        var path = folder.File("columns.onnx");
        context.ModalityGap().SaveAsOnnx(transformer, path);
        var inputs = transformer.Columns.Pairs.Zip(transformer.Modalities, (pair, entry) => (pair.Input, ReadRows(data, pair.Input), entry.Map.InputDimension)).ToArray();
        var columns = transformer.Columns.Pairs.Zip(transformer.Modalities, (pair, entry) => (pair.Input, pair.Output, entry.Map)).ToArray();
        foreach (var ((input, output, map), i) in columns.Select((column, i) => (column, i)))
        {
            var name = columns.Any(column => column.Input == output) ? output + ".output" : output;
            OnnxRun.AssertClose(Apply(map, inputs[i].Item2), OnnxRun.Run(path, name, inputs), map.OutputDimension, $"all columns, {name}");
        }

        // ML.NET exports columns whose size it knows.
        if (columns.Any(column => ((VectorDataViewType)data.Schema[column.Input].Type).Size == 0))
            return;
        var embeddings = context.Transforms.SelectColumns([.. columns.Select(column => column.Input)]).Fit(data).Transform(data);
        using var stream = new MemoryStream();
        context.Model.ConvertToOnnx(transformer, embeddings, stream);
        foreach (var ((_, output, map), i) in columns.Select((column, i) => (column, i)))
            OnnxRun.AssertClose(Apply(map, inputs[i].Item2), OnnxRun.Run(stream.ToArray(), output + ".output", inputs), map.OutputDimension, $"ConvertToOnnx, {output}");
    }

    private static float[] ReadRows(IDataView data, string column) => [.. ColumnValues.Read(data, column).SelectMany(row => (float[])row[0])];

    /// <summary>Zeros, one of ones, very small and very large numbers, NaN.</summary>
    private static float[] AddSpecialRows(float[] rows, int dimension)
    {
        var special = new List<float[]> { new float[dimension], Enumerable.Repeat(1f, dimension).ToArray() };
        foreach (var scale in new[] { 1e-30f, 1e15f })
            special.Add([.. rows.Take(dimension).Select(value => value * scale)]);
        var withNaN = rows.Take(dimension).ToArray();
        withNaN[dimension / 2] = float.NaN;
        special.Add(withNaN);
        return [.. rows, .. special.SelectMany(row => row)];
    }

    private static float[] Apply(EmbeddingMap map, float[] rows)
    {
        var result = new float[rows.Length / map.InputDimension * map.OutputDimension];
        map.ApplyRows(rows, result);
        return result;
    }
}
