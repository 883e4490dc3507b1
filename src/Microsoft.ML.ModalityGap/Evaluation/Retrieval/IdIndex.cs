namespace Microsoft.ML.ModalityGap;

/// <summary>Where each id occurs.</summary>
internal static class IdIndex
{
    /// <summary>The rows of each id, ascending; rows without an id are left out.</summary>
    internal static Dictionary<string, List<int>> Create(string[] ids)
    {
        var places = new Dictionary<string, List<int>>(ids.Length, StringComparer.Ordinal);
        for (var row = 0; row < ids.Length; row++)
        {
            if (ids[row].Length == 0)
                continue;
            if (!places.TryGetValue(ids[row], out var rows))
                places[ids[row]] = rows = new List<int>(1);
            rows.Add(row);
        }

        return places;
    }
}
