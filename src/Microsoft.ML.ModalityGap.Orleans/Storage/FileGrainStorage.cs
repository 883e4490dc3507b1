using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orleans.Storage;

namespace Microsoft.ML.ModalityGap;

/// <summary>Keeps the state of jobs and indexes in the folder that all silos share, a file for each, replaced as a whole: the default where the application names no storage of its own.</summary>
/// <param name="folder">The folder; made when something is written.</param>
internal sealed class FileGrainStorage(string folder) : IGrainStorage
{
    /// <summary>The name under which an application may register another storage.</summary>
    internal const string Name = "ModalityGap";

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = Read<T>(GetPath(stateName, grainId));
        grainState.RecordExists = stored is not null;
        grainState.ETag = stored?.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (stored is not null)
            grainState.State = stored.State!;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = GetPath(stateName, grainId);
        Directory.CreateDirectory(folder);

        // Two activations may exist while a cluster is torn; only the one that has read the last version may write.
        using var held = Lock(path + ".lock");
        var version = Read<T>(path)?.Version ?? 0;
        var known = grainState.ETag is null ? 0 : long.Parse(grainState.ETag, System.Globalization.CultureInfo.InvariantCulture);
        if (known != version)
            throw new InconsistentStateException($"The state '{path}' was written by another silo meanwhile: version {version}, not {known}.");
        var next = new Stored<T>(version + 1, grainState.State);
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, next));
        (grainState.ETag, grainState.RecordExists) = (next.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        File.Delete(GetPath(stateName, grainId));
        (grainState.ETag, grainState.RecordExists) = (null, false);
        return Task.CompletedTask;
    }

    private static Stored<T>? Read<T>(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<Stored<T>>(stream);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The state '{path}' is damaged: {exception.Message} Delete it to begin anew.", exception);
        }
    }

    private static FileStream Lock(string path)
    {
        for (var wait = 1; ; wait *= 2)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException) when (wait < 1024 && File.Exists(path))
            {
                Thread.Sleep(wait);
            }
        }
    }

    private string GetPath(string stateName, GrainId grainId) =>
        Path.Combine(folder, $"{stateName}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(grainId.ToString())))[..24]}.json");

    private sealed record Stored<T>(long Version, T? State);
}
