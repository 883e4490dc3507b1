using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary><c>--leave-out-own</c>: of a search among the gallery's own rows, each query without itself.</summary>
internal sealed class OwnRows
{
    private readonly Option<bool> _leaveOut = new("--leave-out-own")
    {
        Description = "Leave each query's own row out of what it finds: the row of its id, which is what 'embed' says it is, or else the modality and number, as image:17.",
    };

    internal void AddTo(Command command) => command.Options.Add(_leaveOut);

    internal bool AreLeftOut(ParseResult result) => result.GetValue(_leaveOut);

    /// <summary>How many neighbours to look for, so that enough are left.</summary>
    internal int Widen(ParseResult result, int k) => result.GetValue(_leaveOut) && k < int.MaxValue ? k + 1 : k;

    /// <summary>The neighbours without each query's own row; as many as asked for.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="found">What each query finds.</param>
    /// <param name="k">How many were asked for.</param>
    /// <param name="index">The index searched.</param>
    /// <param name="items">What the queries are, where that is known.</param>
    /// <param name="modality">Which modality the queries have, where that is known.</param>
    /// <exception cref="UsageException">No query's id is known, or none is one of the index.</exception>
    internal IReadOnlyList<IReadOnlyList<Neighbor>> Remove(
        ParseResult result, IReadOnlyList<IReadOnlyList<Neighbor>> found, int k, EmbeddingIndex index, IReadOnlyList<string>? items, string? modality)
    {
        if (!result.GetValue(_leaveOut))
            return found;
        var ids = found.Select((_, row) => GetId(index, items?[row], modality, row)).ToArray();
        if (!ids.Any(id => id is not null))
        {
            throw new UsageException(
                $"{_leaveOut.Name} needs queries that are rows of the gallery, but the gallery has no row of the id of any query. "
                + (modality is null ? "Say with --query-modality of which modality they are, so that their ids are its name and the number of the row." : $"That of row 0 would be '{items?[0] ?? $"{modality}:0"}'."));
        }

        return [.. found.Select((neighbors, row) => (IReadOnlyList<Neighbor>)[.. neighbors.Where(neighbor => ids[row] is not { } id || neighbor.Id != id).Take(k)])];
    }

    /// <summary>A query's id among those of the index; <see langword="null"/> where it is none of them.</summary>
    private static EmbeddingId? GetId(EmbeddingIndex index, string? item, string? modality, int row)
    {
        if (index.HasNumericIds)
            return null;
        string?[] candidates = [item, modality is null ? null : string.Create(CultureInfo.InvariantCulture, $"{modality}:{row}")];
        foreach (var candidate in candidates)
        {
            if (candidate is not null && index.Contains(candidate))
                return EmbeddingId.FromString(candidate);
        }

        return null;
    }
}
