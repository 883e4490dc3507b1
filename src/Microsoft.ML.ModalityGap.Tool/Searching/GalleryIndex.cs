namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Makes an index of the files of a gallery.</summary>
internal static class GalleryIndex
{
    /// <param name="session">The run.</param>
    /// <param name="input">The files, by modality.</param>
    /// <param name="model">The maps to put the rows through; <see langword="null"/> for none.</param>
    /// <param name="options">How to hold them.</param>
    /// <param name="firstRow">The number from which ids count, where rows have no other.</param>
    internal static EmbeddingIndex Create(Session session, ModalityInput input, ModelFile? model, EmbeddingIndexOptions options, long firstRow)
    {
        var modalities = input.Names.Select(name => (Name: name, Rows: new MappedRows(input, name, model))).ToArray();
        var (first, dimension) = (modalities[0], modalities[0].Rows.Dimension);
        foreach (var (name, rows) in modalities)
        {
            if (rows.Dimension != dimension)
                throw new InvalidDataException($"One index holds one space, but '{first.Name}' has {dimension} dimensions and '{name}' {rows.Dimension}.");
            MapFingerprint.Check($"'{first.Rows.Path}'", first.Rows.Fingerprint, $"'{rows.Path}'", rows.Fingerprint);
        }

        var index = new EmbeddingIndex(dimension, options, modalities.Select(entry => entry.Rows.Fingerprint).FirstOrDefault(fingerprint => fingerprint is not null));
        var items = FindItems(modalities);
        var skipped = session.Track("Indexing", modalities.Sum(entry => entry.Rows.Count), counter =>
        {
            long unusable = 0;
            for (var i = 0; i < modalities.Length; i++)
            {
                var (name, rows) = modalities[i];
                var ids = items?[i];
                rows.ForEach(counter, (number, row) =>
                {
                    if (index.FindDefect(row) is not { } defect)
                        index.Add(ids?[(int)number] ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}:{firstRow + number}"), row, name);
                    else if (options.UnusableRows == UnusableRows.Throw)
                        throw rows.CreateException(number, defect);
                    else
                        unusable++;
                });
            }

            return unusable;
        });
        if (skipped > 0)
            session.AddWarning($"{skipped} of {modalities.Sum(entry => entry.Rows.Count)} rows of the gallery could not be used and were left out.");
        return index;
    }

    /// <summary>What 'embed' says the rows are, where it does so for all of them and no two are the same.</summary>
    private static List<string>[]? FindItems((string Name, MappedRows Rows)[] modalities)
    {
        List<string>[] items = [.. modalities.Select(entry => TextLines.FindItems(entry.Rows.Path, entry.Rows.Count)).OfType<List<string>>()];
        return items.Length < modalities.Length || items.SelectMany(list => list).Distinct(StringComparer.Ordinal).Count() < items.Sum(list => list.Count) ? null : items;
    }
}
