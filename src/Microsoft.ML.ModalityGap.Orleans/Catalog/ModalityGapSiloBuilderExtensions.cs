using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Microsoft.ML.ModalityGap;

/// <summary>Makes silos fit, transform and search.</summary>
public static class ModalityGapSiloBuilderExtensions
{
    /// <summary>
    /// Adds the grains that fit, transform and search embeddings in shards. Their state is kept by the grain storage called <c>ModalityGap</c> where the application has registered one, else as files in
    /// <see cref="ModalityGapSiloOptions.Folder"/>.
    /// </summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets the folder that all silos share, and what else is to differ from the defaults.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ISiloBuilder AddModalityGap(this ISiloBuilder builder, Action<ModalityGapSiloOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<ModalityGapSiloOptions>()
            .Configure(configure)
            .Validate(options => options.Folder.Length > 0, $"{nameof(AddModalityGap)} needs {nameof(ModalityGapSiloOptions)}.{nameof(ModalityGapSiloOptions.Folder)}: a folder that all silos share.")
            .ValidateOnStart();
        services.TryAddSingleton<SiloWork>();
        services.TryAddSingleton<IndexCache>();
        services.TryAddSingleton<RescorerCache>();
        services.TryAddSingleton<SearchGate>();
        services.AddPlacementDirector<ShardPlacement, ShardPlacementDirector>();
        if (!services.Any(service => service.ServiceType == typeof(IGrainStorage) && service.IsKeyedService && FileGrainStorage.Name.Equals(service.ServiceKey)))
            services.AddGrainStorage(FileGrainStorage.Name, (provider, _) => new FileGrainStorage(Path.Combine(provider.GetRequiredService<IOptions<ModalityGapSiloOptions>>().Value.Folder, "state")));
        services.TryAddSingleton<JobWatcher>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<JobWatcher>());
        return builder;
    }
}
