using Microsoft.ML.ModalityGap;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers saved models.</summary>
public static class ModalityGapModelServiceCollectionExtensions
{
    /// <summary>Registers a <see cref="ModalityGapModel"/> as a singleton, opened when it is first asked for and closed with the container.</summary>
    /// <param name="services">The services.</param>
    /// <param name="path">The file of the model, see <see cref="ModalityGapModel.Load"/>.</param>
    /// <param name="options">What the file does not hold; <see langword="null"/> where it holds all.</param>
    /// <param name="serviceKey">The key to register it under; <see langword="null"/> for none.</param>
    /// <returns>The services.</returns>
    /// <exception cref="InvalidOperationException">A model is registered already under this key, or without one.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddModalityGapModel("map.zip", new() { EncoderFolder = "clip-vit-base-patch32", IndexPath = "photos.index" });
    /// app.MapGet("/search", (string q, ModalityGapModel model) => model.Search(q));
    /// </code>
    /// </example>
    public static IServiceCollection AddModalityGapModel(this IServiceCollection services, string path, ModalityGapModelOptions? options = null, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (services.Any(service => service.ServiceType == typeof(ModalityGapModel) && Equals(service.ServiceKey, serviceKey)))
            throw new InvalidOperationException($"A {nameof(ModalityGapModel)} is registered already{(serviceKey is null ? "" : $" under '{serviceKey}'")}. Give each another {nameof(serviceKey)}.");
        return serviceKey is null
            ? services.AddSingleton(_ => ModalityGapModel.Load(path, options))
            : services.AddKeyedSingleton(serviceKey, (_, _) => ModalityGapModel.Load(path, options));
    }
}
