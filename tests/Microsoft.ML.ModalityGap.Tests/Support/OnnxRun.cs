using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Runs an ONNX model of float32 (batch, d) by ONNX Runtime.</summary>
internal static class OnnxRun
{
    /// <summary>Runs a file, from where it is, so that weights beside it are found.</summary>
    public static float[] Run(string path, string output, params (string Input, float[] Rows, int Dimension)[] inputs)
    {
        using var session = new InferenceSession(path);
        return Run(session, output, inputs);
    }

    public static float[] Run(byte[] model, string output, params (string Input, float[] Rows, int Dimension)[] inputs)
    {
        using var session = new InferenceSession(model);
        return Run(session, output, inputs);
    }

    public static float[] Run(InferenceSession session, string output, params (string Input, float[] Rows, int Dimension)[] inputs)
    {
        var tensors = inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input.Rows, [input.Rows.Length / input.Dimension, input.Dimension])).ToArray();
        try
        {
            using var options = new RunOptions();
            using var results = session.Run(options, [.. inputs.Select(input => input.Input)], tensors, [output]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            foreach (var tensor in tensors)
                tensor.Dispose();
        }
    }

    /// <summary>Both have NaN in the same places, and elsewhere differ by 1e-5 at most, of the row's largest magnitude where that is above 1.</summary>
    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, int dimension, string what)
    {
        Assert.AreEqual(expected.Length, actual.Length, $"{what}: number of values");
        for (var i = 0; i < expected.Length; i++)
        {
            var row = expected.Slice(i / dimension * dimension, dimension);
            var largest = 1f;
            foreach (var value in row)
                largest = MathF.Max(largest, float.IsNaN(value) ? 0 : MathF.Abs(value));
            Assert.IsTrue(
                expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= 1e-5 * largest,
                $"{what}: row {i / dimension}, dimension {i % dimension}: {expected[i]:R} is expected, ONNX gives {actual[i]:R}.");
        }
    }
}
