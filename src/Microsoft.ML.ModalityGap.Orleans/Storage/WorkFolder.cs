using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>Where jobs keep what shards came to, in the folder that all silos share: a record beside each result says of which files it is, so that it is not done again.</summary>
internal static class WorkFolder
{
    /// <summary>The folder of a job.</summary>
    internal static string GetFolder(string root, string job) => Path.Combine(root, "jobs", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(job)))[..16]);

    /// <summary>What a shard came to, where it is done and its files and its result are still the same.</summary>
    internal static ShardRecord? FindDone(string recordPath, IReadOnlyList<string> inputs, string resultPath)
    {
        try
        {
            using var stream = InputFile.OpenRead(recordPath);
            return JsonSerializer.Deserialize<ShardRecord>(stream) is { } record && record.Inputs.SequenceEqual(inputs) && File.Exists(resultPath) && record.Result == FileStamp.Get(resultPath) ? record : null;
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            // What cannot be read says nothing: the shard is done again.
            return null;
        }
    }

    internal static void WriteDone(string recordPath, ShardRecord record) => AtomicFile.Write(recordPath, stream => JsonSerializer.Serialize(stream, record));
}

/// <summary>That a shard is done.</summary>
/// <param name="Inputs">What was read: the files and the model.</param>
/// <param name="Result">The stamp of what was written.</param>
/// <param name="Rows">The rows read.</param>
internal sealed record ShardRecord(string[] Inputs, string Result, long Rows);
