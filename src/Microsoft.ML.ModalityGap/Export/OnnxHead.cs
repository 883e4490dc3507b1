namespace Microsoft.ML.ModalityGap;

/// <summary>What stands behind an embedding in an ONNX model: a map (<see cref="OnnxMap"/>), a classifier (<see cref="OnnxClassifier"/>) or a search (<see cref="OnnxSearch"/>).</summary>
internal abstract record OnnxHead
{
    /// <summary>What messages call it.</summary>
    internal abstract string What { get; }

    /// <summary>The number of dimensions that it takes.</summary>
    internal abstract int InputDimension { get; }

    /// <summary>The map within, where there is one, under its fingerprint.</summary>
    internal abstract string? Fingerprint { get; }

    /// <summary>The name of its first output where nobody gives one; <see langword="null"/> for that of the encoder's output, in whose place it then stands.</summary>
    internal abstract string? OutputName { get; }

    /// <summary>Its outputs.</summary>
    /// <param name="name">The first one's name.</param>
    internal abstract IReadOnlyList<OnnxHeadOutput> GetOutputs(string name);

    /// <summary>Adds its operators.</summary>
    /// <param name="nodes">The graph.</param>
    /// <param name="input">The name of the embeddings, float32 of shape (batch, d).</param>
    /// <returns>The values of <see cref="GetOutputs"/>, in their order.</returns>
    internal abstract IReadOnlyList<string> AddTo(OnnxNodes nodes, string input);

    /// <summary>What the model's metadata say of it.</summary>
    /// <param name="name">The name of its first output.</param>
    internal abstract IEnumerable<(string Key, string Value)> Describe(string name);
}

/// <summary>An output of a head.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">The type of its numbers.</param>
/// <param name="ShapeAfterBatch">Its shape after the first dimension.</param>
internal sealed record OnnxHeadOutput(string Name, int ElementType, params long[] ShapeAfterBatch);
