using System.Globalization;
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
        grainState.ETag = stored?.Version.ToString(CultureInfo.InvariantCulture);
        if (stored is not null)
            grainState.State = stored.State!;
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (path, known) = (GetPath(stateName, grainId), GetVersion(grainState));

        // As it is now: while the disk is waited for the grain may go on.
        var next = JsonSerializer.SerializeToUtf8Bytes(new Stored<T>(known + 1, grainState.State));
        await ReplaceAsync<T>(path, known, () => AtomicFile.Write(path, stream => stream.Write(next))).ConfigureAwait(false);
        (grainState.ETag, grainState.RecordExists) = ((known + 1).ToString(CultureInfo.InvariantCulture), true);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = GetPath(stateName, grainId);
        await ReplaceAsync<T>(path, GetVersion(grainState), () => File.Delete(path)).ConfigureAwait(false);
        (grainState.ETag, grainState.RecordExists) = (null, false);
    }

    /// <summary>Changes a file where it is still of the version known. Two activations may exist while a cluster is torn; only the one that has read the last version may.</summary>
    /// <remarks>Beside the grain's own turns: neither a lock nor a disk keeps its silo waiting.</remarks>
    private Task ReplaceAsync<T>(string path, long known, Action replace) => Task.Run(async () =>
    {
        Directory.CreateDirectory(folder);
        using var held = await LockAsync(path + ".lock").ConfigureAwait(false);
        var version = Read<T>(path)?.Version ?? 0;
        if (known != version)
            throw new InconsistentStateException($"The state '{path}' was written by another silo meanwhile: version {version}, not {known}.");
        replace();
    });

    private static long GetVersion<T>(IGrainState<T> grainState) => grainState.ETag is null ? 0 : long.Parse(grainState.ETag, CultureInfo.InvariantCulture);

    private static Stored<T>? Read<T>(string path)
    {
        try
        {
            using var stream = InputFile.OpenRead(path);
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

    private static async Task<FileStream> LockAsync(string path)
    {
        for (var wait = 1; ; wait *= 2)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException) when (wait < 1024 && File.Exists(path))
            {
                await Task.Delay(wait).ConfigureAwait(false);
            }
        }
    }

    private string GetPath(string stateName, GrainId grainId) =>
        Path.Combine(folder, $"{stateName}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(grainId.ToString())))[..24]}.json");

    private sealed record Stored<T>(long Version, T? State);
}
