using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap;

/// <summary>The inputs of an encoder, the output that is its embedding, and its batch size if that is fixed: what a model says of itself.</summary>
internal sealed class OnnxEncoderSignature
{
    private static readonly string[] _wellKnownOutputs = ["image_embeds", "text_embeds", "embedding"];

    private OnnxEncoderSignature(string model, IReadOnlyList<OnnxTensor> inputs, OnnxTensor output)
    {
        Inputs = inputs;
        Output = output;
        foreach (var input in inputs)
        {
            if (OnnxTensor.GetColumnItemTypes(input.ElementType).Count == 0)
                throw new InvalidDataException($"The encoder '{model}' has the input {input}; inputs of float32, float16, int64 and int32 are supported.");
            if (input.Dimensions.Count < 2)
                throw new InvalidDataException($"The encoder '{model}' has the input {input}; an input needs a batch dimension and at least one more.");
        }

        var fixedSizes = inputs.Append(output).Where(tensor => tensor.Dimensions.Count > 0 && tensor.Dimensions[0] > 0)
            .Select(tensor => tensor.Dimensions[0]).Distinct().ToArray();
        if (fixedSizes.Length > 1)
            throw new InvalidDataException($"The encoder '{model}' has inputs and an output of different batch sizes: {List(inputs.Append(output))}.");
        if (inputs.Any(input => input.Dimensions[0] > 0))
            FixedBatchSize = fixedSizes[0];
    }

    internal IReadOnlyList<OnnxTensor> Inputs { get; }

    internal OnnxTensor Output { get; }

    /// <summary>The number of rows every run takes; <see langword="null"/> where any number will do.</summary>
    internal int? FixedBatchSize { get; }

    /// <summary>The embedding's dimension, where the model states it.</summary>
    internal int? Dimension => Output.Dimensions is [_, > 0 and var dimension] ? dimension : null;

    /// <exception cref="InvalidDataException">The model has inputs that are not supported, or no output that is an embedding, or several.</exception>
    internal static OnnxEncoderSignature Read(InferenceSession session, string model, string? outputName) =>
        new(model, [.. session.InputMetadata.Select(entry => OnnxTensor.Create(entry.Key, entry.Value))], ChooseOutput(session, model, outputName));

    internal static OnnxTensor ChooseOutput(InferenceSession session, string model, string? name) =>
        ChooseOutput([.. session.OutputMetadata.Select(entry => OnnxTensor.Create(entry.Key, entry.Value))], model, name);

    internal static OnnxTensor ChooseOutput(OnnxTensor[] outputs, string model, string? name)
    {
        if (name is not null)
        {
            var named = Array.Find(outputs, output => output.Name == name)
                ?? throw new InvalidDataException($"The encoder '{model}' has no output '{name}'. It has {List(outputs)}.");
            return MayBeEmbedding(named) ? named : throw NoEmbedding(model, [named]);
        }

        var candidates = outputs.Where(MayBeEmbedding).ToArray();
        if (candidates.Length == 0)
            throw NoEmbedding(model, outputs);
        if (candidates.Length == 1)
            return candidates[0];
        return candidates.Where(output => _wellKnownOutputs.Contains(output.Name, StringComparer.Ordinal)).ToArray() is [var wellKnown]
            ? wellKnown
            : throw new InvalidDataException(
                $"The encoder '{model}' has several outputs that may be the embedding: {List(candidates)}. Set {nameof(EncodeWithOnnxOptions.OutputName)}.");
    }

    private static bool MayBeEmbedding(OnnxTensor output) => output.IsFloatingPoint && output.Dimensions.Count is 0 or 2;

    private static InvalidDataException NoEmbedding(string model, OnnxTensor[] outputs)
    {
        var advice = outputs.Any(output => output.IsFloatingPoint && output.Dimensions.Count == 3)
            ? " An output of shape (batch, tokens, d) is a vector per token, and how to pool them is the model's business: export the model with its pooling and projection."
            : "";
        return new InvalidDataException(
            $"An embedding is a float32 or float16 output of shape (batch, d), but '{model}' has {(outputs.Length == 0 ? "none" : List(outputs))}.{advice}");
    }

    private static string List(IEnumerable<OnnxTensor> tensors) => string.Join("; ", tensors);
}
