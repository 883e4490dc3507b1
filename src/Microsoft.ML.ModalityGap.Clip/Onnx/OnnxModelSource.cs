using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Where an encoder's ONNX model comes from: its bytes in memory, or a file, of which a part may be all that is wanted.</summary>
/// <param name="Name">The file's path as it was given; what messages call the model.</param>
/// <param name="Bytes">The model; <see langword="null"/> to read the file each time.</param>
/// <param name="ExtractedOutput">The output for which the file's graph is to be cut; <see langword="null"/> to take it whole.</param>
internal sealed record OnnxModelSource(string Name, byte[]? Bytes, string? ExtractedOutput = null)
{
    private const string ExternalDataFolder = "session.model_external_initializers_file_folder_path";

    /// <exception cref="ArgumentException">Weights are to be made smaller, but not kept in the pipeline.</exception>
    internal static OnnxModelSource Create(string path, bool embed, OnnxWeights weights)
    {
        if (embed)
            return new(path, OnnxWeightCompression.Compress(ReadEmbeddable(path), weights, path));
        return weights == OnnxWeights.AsStored ? new(path, Bytes: null) : throw new ArgumentException(
            $"Weights as {weights} are those kept with the pipeline, but {nameof(EncodeWithOnnxOptions.EmbedModel)} is false. Set it, or {nameof(EncodeWithOnnxOptions.Weights)} to {OnnxWeights.AsStored}.",
            nameof(weights));
    }

    /// <summary>The part that an output needs, where it does without some of the inputs; otherwise this.</summary>
    internal OnnxModelSource Extract(string outputName)
    {
        // Beyond what fits into an array nothing is cut; such a model needs all of its inputs.
        if (Bytes is null && new FileInfo(Name).Length > Array.MaxLength)
            return this;
        if (OnnxGraph.Extract(Bytes ?? OnnxModelFile.ReadAllBytes(Name), outputName) is not { } part)
            return this;
        return Bytes is null ? this with { ExtractedOutput = outputName } : this with { Bytes = part };
    }

    internal InferenceSession Open(SessionOptions options)
    {
        if (Bytes is not null)
            return new InferenceSession(Bytes, options);

        OnnxModelFile.CheckExists(Name);
        if (ExtractedOutput is null)
            return new InferenceSession(Name, options);
        options.AddSessionConfigEntry(ExternalDataFolder, Path.GetDirectoryName(Path.GetFullPath(Name))!);
        var model = OnnxModelFile.ReadAllBytes(Name);
        return new InferenceSession(OnnxGraph.Extract(model, ExtractedOutput) ?? model, options);
    }

    /// <summary>Opens a model that is about to be written, where the native ONNX Runtime is there to do so.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Where files with its weights are.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="InvalidDataException">ONNX Runtime cannot load it.</exception>
    internal static void CheckLoads(ProtobufMessage model, string folder, string name)
    {
        if (model.Length > Array.MaxLength)
            return;
        try
        {
            using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
            options.AddSessionConfigEntry(ExternalDataFolder, folder);
            using var session = new InferenceSession(model.ToArray(), options);
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException })
        {
            // Writing needs no runtime; then the first to load the model is who uses it.
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"The model for '{name}' was not written, as ONNX Runtime cannot load it: {e.Message}", e);
        }
    }

    private static byte[] ReadEmbeddable(string path)
    {
        OnnxModelFile.CheckExists(path);
        const string Remedy = $"Set {nameof(EncodeWithOnnxOptions)}.{nameof(EncodeWithOnnxOptions.EmbedModel)} to false, so that the pipeline stores the path.";
        if (new FileInfo(path).Length > Array.MaxLength)
            throw new InvalidDataException($"The ONNX model '{path}' is too large to be kept in the pipeline. {Remedy}");
        var bytes = OnnxModelFile.ReadAllBytes(path);
        if (OnnxGraph.FindExternalData(bytes) is { } file)
            throw new InvalidDataException($"The ONNX model '{path}' keeps weights in the file '{file}' beside it, so it cannot be kept in the pipeline. {Remedy}");
        return bytes;
    }
}
