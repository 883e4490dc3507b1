using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>What the generators over a model folder share.</summary>
internal static class ModelFolders
{
    /// <summary>The folder's own name.</summary>
    internal static string GetName(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    internal static object? GetService(object generator, EmbeddingGeneratorMetadata metadata, Type serviceType, object? serviceKey)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? metadata
            : serviceType.IsInstanceOfType(generator) ? generator
            : null;
    }
}
