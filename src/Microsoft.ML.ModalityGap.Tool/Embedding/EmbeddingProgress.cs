using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>An item that is left out.</summary>
/// <param name="Item">Its number.</param>
/// <param name="Reason">Why.</param>
internal sealed record LeftOutItem(int Item, string Reason);

/// <summary>How far an unfinished <c>embed</c> has come, and of what its rows were made.</summary>
internal sealed record EmbeddingProgress
{
    private const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public required string Kind { get; init; }

    /// <summary>The model's fingerprint.</summary>
    public required string Model { get; init; }

    /// <summary>The format of the numbers.</summary>
    public required string Type { get; init; }

    public required int Dimension { get; init; }

    /// <summary>How many items are done, from the first on.</summary>
    public required int Done { get; init; }

    /// <summary>SHA-256 over those items.</summary>
    public required string Items { get; init; }

    /// <summary>Those among them without a row.</summary>
    public required IReadOnlyList<LeftOutItem> LeftOut { get; init; }

    /// <summary>The rows that the first items make.</summary>
    internal int CountRows(int items) => items - LeftOut.TakeWhile(entry => entry.Item < items).Count();

    /// <summary>Reads it back; <see langword="null"/> where there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal static EmbeddingProgress? Load(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            var lines = InputFile.ReadAllText(path).Split('\n');
            if (lines.Length >= 2 && Hash(lines[0]) == lines[1] && JsonSerializer.Deserialize<EmbeddingProgress>(lines[0]) is { } progress)
            {
                return progress.Format == CurrentFormat
                    ? progress
                    : throw new InvalidDataException($"'{path}' was written by another version of this tool (format {progress.Format}, {CurrentFormat} is expected). --restart begins anew.");
            }
        }
        catch (JsonException)
        {
            // As damaged as one whose hash is wrong.
        }

        throw new InvalidDataException($"'{path}', which says how far the work has come, is damaged. --restart begins anew.");
    }

    /// <summary>Writes it, so that at any time the file is either the former or this one, whole and on the disk.</summary>
    internal void Save(string path) => AtomicFile.Write(path, stream =>
    {
        var text = JsonSerializer.Serialize(this);
        stream.Write(Encoding.UTF8.GetBytes($"{text}\n{Hash(text)}\n"));
        ((FileStream)stream).Flush(flushToDisk: true);
    });

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
